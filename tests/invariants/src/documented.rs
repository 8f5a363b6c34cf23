//! The problems that the API documents, with their codes.

/// Those of types of their own.
const PROBLEMS: [(&str, u16); 21] = [
    ("/problems/bad-option", 400),
    ("/problems/cut-off", 400),
    ("/problems/disk-full", 507),
    ("/problems/empty", 400),
    ("/problems/handler-suspended", 503),
    ("/problems/missing-content-type", 400),
    ("/problems/no-thumbnail", 404),
    ("/problems/no-worker", 503),
    ("/problems/not-base64", 400),
    ("/problems/not-failed", 409),
    ("/problems/queue-full", 503),
    ("/problems/repeated-content-type", 400),
    ("/problems/too-large", 413),
    ("/problems/too-slow", 408),
    ("/problems/took-too-long", 503),
    ("/problems/unavailable", 503),
    ("/problems/unknown-image", 404),
    ("/problems/unknown-transfer-encoding", 400),
    ("/problems/unsupported-content-encoding", 415),
    ("/problems/unsupported-media-type", 415),
    ("/problems/upload-gone", 410),
];

/// Tells whether a problem may be answered with this code.
pub(crate) fn is_documented(problem: &str, code: u16) -> bool {
    // What the code tells whole is the client's fault.
    let is_plain = problem == "about:blank" && (400..500).contains(&code);
    is_plain || PROBLEMS.contains(&(problem, code))
}
