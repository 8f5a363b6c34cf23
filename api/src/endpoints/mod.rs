//! One file per endpoint: what it answers, then how.

mod create_image;
mod delete_image;
mod get_image;
mod get_thumbnail;
mod health;
mod image_id;
mod list_handlers;
mod list_images;
mod metrics;
mod out_of_service;
mod retry_image;
mod unknown;

pub(crate) use create_image::create_image;
pub(crate) use delete_image::delete_image;
pub(crate) use get_image::get_image;
pub(crate) use get_thumbnail::get_thumbnail;
pub(crate) use health::{livez, readyz};
pub(crate) use image_id::ImageId;
pub(crate) use list_handlers::list_handlers;
pub(crate) use list_images::list_images;
pub(crate) use metrics::{metrics, metrics_of_worker};
pub(crate) use retry_image::retry_image;
pub(crate) use unknown::{no_such_method, no_such_route};
