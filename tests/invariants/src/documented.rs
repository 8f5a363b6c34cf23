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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_problems_are_those_of_the_api() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../api/src/problem");
        let mut of_api = BTreeSet::new();
        for file in ["client.rs", "server.rs"] {
            let source = std::fs::read_to_string(folder.join(file)).unwrap();
            let literals = source.split('"').skip(1).step_by(2);
            let problems = literals.filter(|text| text.starts_with("/problems/"));
            of_api.extend(problems.map(str::to_owned));
        }
        let known = PROBLEMS.map(|(problem, _)| problem.to_owned());
        assert_eq!(of_api, known.into());
    }

    #[test]
    fn a_problem_has_its_code() {
        assert!(is_documented("/problems/queue-full", 503));
        assert!(!is_documented("/problems/queue-full", 500));
        assert!(is_documented("about:blank", 405));
        assert!(!is_documented("about:blank", 500));
    }
}
