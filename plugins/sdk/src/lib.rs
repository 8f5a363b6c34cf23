#![doc = include_str!("../README.md")]

#[doc(hidden)]
pub mod bindings;

mod handler;
mod log;
mod reader;
mod source;

mod color;
mod exif;
mod orientation;
mod raster;
mod request;
mod shrink;
mod thinning;

pub use bindings::thumbnailify::handler::log::Level;
pub use bindings::thumbnailify::handler::source::Blob;
pub use bindings::thumbnailify::handler::types::{
    Animation, Description, EmbeddedFile, Failure, Fit, Frame, MediaType, Output, Picture,
    PixelFormat, Position, Raster, Request, Size,
};

pub use color::{Chromaticities, CmykToRgb, Colors, to_srgb};
pub use exif::orientation;
pub use handler::MediaHandler;
pub use log::log;
pub use orientation::Orientation;
pub use reader::BlobReader;
pub use shrink::{Scatter, ScatteredShrink, Shrink};

pub use source::Source;
pub use thinning::Thinning;
