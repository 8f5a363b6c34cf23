//! What is measured, in the text format of Prometheus (version 0.0.4).
//!
//! One file for each thing that is measured; each writes its families into an [`Exposition`]. Times are in
//! seconds and sizes in bytes, as that format has them.

mod exposition;
mod handlers;

use thumbnailify_core::Announcement;

use self::exposition::{Exposition, Kind};

/// The media type of the answer.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Writes all metrics. Without announcements those of the handlers are left out: nothing is known of them.
pub(crate) fn exposition(announcements: Option<&[Announcement]>) -> String {
    let mut exposition = Exposition::default();
    write_build(&mut exposition);
    if let Some(announcements) = announcements {
        handlers::write(&mut exposition, announcements);
    }
    exposition.into_text()
}

fn write_build(exposition: &mut Exposition) {
    let name = "thumbnailify_build_info";
    exposition
        .family(name, Kind::Gauge, "The version of this program.")
        .sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
}
