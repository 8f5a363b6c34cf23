use crate::bindings::exports::thumbnailify::handler::handler::Guest;
use crate::log::log_panics;
use crate::{Blob, Description, Failure, Picture, Request, Source};

/// Turns one or more types of media into pictures.
///
/// Implement it on an empty type and name that type in [`export!`](crate::export). A handler keeps nothing
/// from call to call: each job meets a fresh sandbox.
pub trait MediaHandler {
    /// Says what this handler is. Constant, quick, and without side effects.
    fn describe() -> Description;

    /// Makes the picture.
    ///
    /// # Errors
    ///
    /// Says why there is no picture. A panic ends the job as well, but the uploader learns nothing from it.
    fn render(source: &dyn Source, request: &Request) -> Result<Picture, Failure>;
}

impl<H: MediaHandler> Guest for H {
    fn describe() -> Description {
        log_panics();
        <H as MediaHandler>::describe()
    }

    fn render(source: Blob, request: Request) -> Result<Picture, Failure> {
        log_panics();
        <H as MediaHandler>::render(&source, &request)
    }
}

/// Makes the named [`MediaHandler`] the one that the component exports.
///
/// It does nothing in a native build, where several handlers may be linked into one program.
#[macro_export]
macro_rules! export {
    ($handler:ident) => {
        #[cfg(target_arch = "wasm32")]
        $crate::bindings::export_component!($handler with_types_in $crate::bindings);
    };
}
