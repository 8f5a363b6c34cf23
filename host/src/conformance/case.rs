use super::input::Input;
use crate::sandbox::types::{Fit, Position, Request, Size};

/// The box of most cases: that of a thumbnail by default.
pub(super) const USUAL_TARGET: Size = Size {
    width: 100,
    height: 100,
};

/// One call of a handler.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// What it is, so that someone else can make it too.
    pub(super) name: String,
    /// What is uploaded.
    pub(super) input: Input,
    /// What is wanted of it.
    pub(super) request: Request,
}

impl Case {
    /// The usual request, for an upload of this media type.
    pub(super) fn new(name: impl Into<String>, media_type: &str, input: Input) -> Self {
        Self {
            name: name.into(),
            input,
            request: Request {
                target: USUAL_TARGET,
                fit: Fit::Contain,
                media_type: media_type.into(),
                file_name: None,
                position: Position::Auto,
                max_frames: 1,
                params: Vec::new(),
            },
        }
    }

    /// The case with another request, and that at the end of its name.
    pub(super) fn asking(mut self, what: &str, change: impl FnOnce(&mut Request)) -> Self {
        change(&mut self.request);
        self.name = format!("{}, {what}", self.name);
        self
    }
}
