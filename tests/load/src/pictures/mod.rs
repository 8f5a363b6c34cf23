//! The pictures that are uploaded, made in code and the same on every machine.

mod animation;
mod canvas;
mod encode;
mod fitted;
mod mix;
mod sample;

pub use mix::{Mix, MixName};
pub use sample::Sample;
