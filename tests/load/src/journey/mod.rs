//! What a user does with one image, and how each step is measured, noted and checked.

mod check;
mod config;
mod delete;
mod eventful;
mod list;
mod outcome;
mod status;
mod steps;
mod thumbnail;
mod upload;
mod whole;

pub use config::{Encoding, Follow, JourneyConfig};

pub(crate) use check::{Expected, ThumbnailCheck};
pub(crate) use delete::delete;
pub(crate) use eventful::eventful_journey;
pub(crate) use list::read_page;
pub(crate) use outcome::follow;

pub(crate) use status::{Found, read_status};
pub(crate) use steps::{Rows, Step, Steps};
pub(crate) use thumbnail::{fetch_thumbnail, thumbnail_answer};
pub(crate) use upload::upload;
pub(crate) use whole::whole_journey;
