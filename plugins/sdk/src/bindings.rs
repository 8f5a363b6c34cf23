//! What `wit-bindgen` makes of the contract in `wit/1.0`.
//!
//! The types are the same on every target, so that a handler can be tested natively; only the calls into
//! the host need the sandbox around them.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::allow_attributes_without_reason,
    clippy::doc_markdown,
    reason = "generated code; it crosses the component boundary by raw pointers"
)]

wit_bindgen::generate!({
    path: "../../wit/1.0",
    world: "media-handler",
    additional_derives: [PartialEq],
    pub_export_macro: true,
    export_macro_name: "export_component",
});
