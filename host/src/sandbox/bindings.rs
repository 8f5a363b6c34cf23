//! The handler interface of `wit/1.0`, seen from the host.

mod generated {
    #![allow(
        missing_docs,
        missing_debug_implementations,
        unreachable_pub,
        clippy::allow_attributes_without_reason,
        clippy::needless_pass_by_value,
        clippy::doc_markdown,
        reason = "generated code"
    )]
    wasmtime::component::bindgen!({
        path: "../wit/1.0",
        world: "media-handler",
        imports: { default: trappable },
        exports: { default: async },
        additional_derives: [PartialEq],
        with: { "thumbnailify:handler/source.blob": crate::sandbox::blob::Blob },
    });
}

/// The records and variants that pass between host and handler.
pub mod types {
    pub use super::generated::thumbnailify::handler::types::{
        Animation, Description, EmbeddedFile, Failure, Fit, Frame, MediaType, Output, Picture,
        PixelFormat, Position, Raster, Request, Size,
    };
}

pub(super) use generated::thumbnailify::handler::{log, source, types as types_interface};
pub(super) use generated::{MediaHandler, MediaHandlerPre};
