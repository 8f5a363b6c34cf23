//! The settings of a system that is put to the test: short leases and frequent looks, so that a run of seconds sees all
//! of what takes minutes otherwise. What is a danger to files that are being made stays longer than any request.

/// As a file of settings.
pub(crate) const SETTINGS: &str = "
[worker]
lease_s = 3
retry_delays_ms = [200, 1_000]
[api]
upload_idle_ms = 10_000
upload_deadline_ms = 20_000
[reconcile]
open_s = 1
lead_s = 3
originals_s = 10
thumbnails_s = 10
ghosts_s = 5
records_s = 20
unpublished_after_s = 2
unclaimed_after_s = 10
lapsed_after_s = 3
unrecorded_after_s = 20
finished_after_s = 10
orphaned_after_s = 20
";
