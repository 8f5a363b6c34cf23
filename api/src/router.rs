use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

use crate::endpoints::{
    create_image, delete_image, get_image, get_thumbnail, list_handlers, list_images, livez,
    metrics, metrics_of_worker, no_such_method, no_such_route, readyz, retry_image,
};
use crate::middleware::{access_log, catch_panics, deadline, linger, no_sniffing, part};
use crate::state::Api;

/// The route table of the API.
pub fn router(api: Api) -> Router {
    let routes = Router::new()
        .route("/images", get(list_images))
        .route("/images/{id}", get(get_image).delete(delete_image))
        .route("/images/{id}/thumbnail", get(get_thumbnail))
        .route("/images/{id}/retry", post(retry_image))
        .route("/handlers", get(list_handlers))
        .route("/metrics", get(metrics))
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .layer(from_fn_with_state(api.clone(), deadline))
        // Below the deadline, since the body of an upload has one of its own.
        .route("/images", post(create_image));
    with_layers(routes, api)
}

/// The route table of a worker that has no API beside it: what tells how it is.
pub fn worker_router(api: Api) -> Router {
    let routes = Router::new()
        .route("/metrics", get(metrics_of_worker))
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .layer(from_fn_with_state(api.clone(), deadline));
    with_layers(routes, api)
}

/// What happens to every request.
fn with_layers(routes: Router<Api>, api: Api) -> Router {
    routes
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn_with_state(api.clone(), linger))
        .layer(from_fn(catch_panics))
        .layer(from_fn(no_sniffing))
        .layer(from_fn_with_state(api.clone(), part))
        .layer(from_fn_with_state(api.clone(), access_log))
        .with_state(api)
}
