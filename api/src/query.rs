use std::time::Duration;

use axum::http::Uri;
use thumbnailify_core::{InvalidOption, Side, ThumbnailOptions};

/// The parameter that asks for an answer with the outcome.
const WAIT: &str = "wait";

/// What the query of an upload asks for.
#[derive(PartialEq, Eq, Debug, Default)]
pub(crate) struct UploadQuery {
    /// What the thumbnail is to be like.
    pub(crate) options: ThumbnailOptions,
    /// How long the answer is held for the outcome.
    pub(crate) wait: Option<Duration>,
}

impl UploadQuery {
    /// Reads the parameters. A name that is not known is
    /// refused: who misspells an option must not get a thumbnail that looks right.
    pub(crate) fn read(uri: &Uri, largest_side: Side) -> Result<Self, InvalidOption> {
        let mut query = Self::default();
        let text = uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            query.set(&name, &value, largest_side)?;
        }
        Ok(query)
    }

    fn set(&mut self, name: &str, value: &str, largest_side: Side) -> Result<(), InvalidOption> {
        if name == WAIT {
            let seconds = seconds(value)?;
            let earlier = self.wait.replace(seconds);
            return match earlier {
                None => Ok(()),
                Some(_) => Err(InvalidOption::repeated(WAIT, value)),
            };
        }
        if ThumbnailOptions::NAMES.contains(&name) {
            return self.options.set(name, value, largest_side);
        }
        let names = [ThumbnailOptions::NAMES.as_slice(), &[WAIT]].concat();
        Err(InvalidOption::unknown(name, value, &names))
    }
}

fn seconds(text: &str) -> Result<Duration, InvalidOption> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = plain.then(|| text.parse::<u32>().ok()).flatten();
    seconds
        .map(|seconds| Duration::from_secs(seconds.into()))
        .ok_or_else(|| InvalidOption::wrong(WAIT, text, "a whole number of seconds"))
}

#[cfg(test)]
mod tests {
    use thumbnailify_core::{Color, Fit, Upscale};

    use super::*;

    fn read(query: &str) -> Result<UploadQuery, InvalidOption> {
        let uri: Uri = format!("/images?{query}").parse().unwrap();
        UploadQuery::read(&uri, Side::new(2_048).unwrap())
    }

    #[test]
    fn no_query_asks_for_nothing() {
        assert_eq!(read("").unwrap(), UploadQuery::default());
        let plain = Uri::from_static("/images");
        let query = UploadQuery::read(&plain, Side::new(1).unwrap()).unwrap();
        assert_eq!(query, UploadQuery::default());
    }

    #[test]
    fn parameters_are_read_as_forms_write_them() {
        let query = read("width=2048&fit=cover&upscale=true&background=%23ff8800&wait=5").unwrap();
        let expected = ThumbnailOptions {
            width: Side::new(2_048),
            fit: Some(Fit::Cover),
            upscale: Some(Upscale::ToTheBox),
            background: Some("#ff8800".parse::<Color>().unwrap()),
            ..ThumbnailOptions::default()
        };
        assert_eq!(query.options, expected);
        assert_eq!(query.wait, Some(Duration::from_secs(5)));
    }

    fn check_refused(query: &str, field: &str) {
        assert_eq!(read(query).unwrap_err().field, field, "{query}");
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        check_refused("width=2049", "width");
        check_refused("height=0", "height");
        check_refused("width=5&width=5", "width");
        check_refused("wait=5&wait=6", "wait");
        check_refused("wait=+5", "wait");
        check_refused("wait=", "wait");
        check_refused("fit", "fit");
        check_refused("Width=5", "Width");
        check_refused("=5", "");
        check_refused("quality=%FF", "quality");
    }
}
