//! The trusted half of a thumbnail: checks what a guest gave back, resizes it, and encodes the result.

mod changed;
mod encode;
mod encode_gif;
mod encode_jpeg;
mod encode_png;
mod encode_webp;
mod finish;
mod fit;
mod flatten;
mod palette;
mod raster;
mod resize;
mod simplify;
mod validate;
mod wanted;

pub use encode::{EncodeError, Encoded, Format, encode};
pub use finish::finish;
pub use fit::{Placement, Window};
pub use raster::{Frame, Picture, PixelFormat, Raster, Size};
pub use resize::{ResizeError, resize};
pub use validate::{BadAnswer, UncheckedPicture, source_size, validate};
pub use wanted::Wanted;
