use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

use crate::endpoints::{
    create_image, delete_image, get_image, get_thumbnail, list_handlers, list_images, livez,
    metrics, no_such_method, no_such_route, readyz,
};
use crate::middleware::{access_log, catch_panics, deadline, linger, no_sniffing};
use crate::state::Api;

/// The route table of the API.
pub fn router(api: Api) -> Router {
    Router::new()
        .route("/images", get(list_images))
        .route("/images/{id}", get(get_image).delete(delete_image))
        .route("/images/{id}/thumbnail", get(get_thumbnail))
        .route("/handlers", get(list_handlers))
        .route("/metrics", get(metrics))
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .layer(from_fn_with_state(api.clone(), deadline))
        // Below the deadline, since the body of an upload has one of its own.
        .route("/images", post(create_image))
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn_with_state(api.clone(), linger))
        .layer(from_fn(catch_panics))
        .layer(from_fn(no_sniffing))
        .layer(from_fn(access_log))
        .with_state(api)
}
