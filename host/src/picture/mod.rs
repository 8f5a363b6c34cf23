//! The trusted half of a thumbnail: checks what a guest gave back, resizes it, and encodes the result.

mod encode;
mod encode_gif;
mod encode_jpeg;
mod encode_png;
mod fit;
mod raster;
mod resize;
mod validate;

pub use encode::{EncodeError, Encoded, Format, encode};
pub use fit::thumbnail_size;
pub use raster::{Frame, Picture, PixelFormat, Raster, Size};
pub use resize::{ResizeError, resize};
pub use validate::{BadAnswer, UncheckedPicture, source_size, validate};
