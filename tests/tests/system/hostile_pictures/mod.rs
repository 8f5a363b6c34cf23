//! Whatever a file says of itself, and however it is damaged: a thumbnail or a clean refusal, within budgets
//! that are stated here, and nothing else.

mod bombs;
mod gif_bytes;
mod jpeg_bytes;
mod mutation;
mod mutations;
mod noise;
mod png_bytes;
mod seeds;
mod zeros;
