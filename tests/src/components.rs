//! Components that no honest author would write, made on the spot from WebAssembly text.

use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// A component with the interface of a handler, whose memory starts with so many pages of 64 KiB and whose
/// `describe` has this body. It has no `render` to speak of.
///
/// # Panics
/// The body is no valid text.
#[must_use]
pub fn handler(pages: u32, describe: &str) -> Vec<u8> {
    let text = format!(
        r#"(module
            (memory (export "memory") {pages})
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024)
            (func (export "thumbnailify:handler/handler@1.0.0#describe") (result i32) {describe})
            (func (export "thumbnailify:handler/handler@1.0.0#render")
                (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
                unreachable))"#
    );
    let mut module = wat::parse_str(text).unwrap();
    let mut resolve = Resolve::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit/1.0");
    let (package, _) = resolve.push_dir(folder).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
    ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .unwrap()
        .encode()
        .unwrap()
}

/// A component that imports one interface and does nothing.
///
/// # Panics
/// The name is no name of an interface.
#[must_use]
pub fn importing(interface: &str) -> Vec<u8> {
    wat::parse_str(format!(r#"(component (import "{interface}" (instance)))"#)).unwrap()
}

/// A component whose one function has so many steps that compiling it takes long, and much memory.
///
/// # Panics
/// Never, for any number that fits into memory.
#[must_use]
pub fn compile_bomb(steps: usize) -> Vec<u8> {
    let body = "local.get 0 i64.const 3 i64.mul local.set 0 ".repeat(steps);
    let function = format!("(func (param i64) (result i64) {body} local.get 0)");
    wat::parse_str(format!("(component (core module {function}))")).unwrap()
}

/// A core module, which is not a component yet.
///
/// # Panics
/// Never.
#[must_use]
pub fn core_module() -> Vec<u8> {
    wat::parse_str("(module)").unwrap()
}
