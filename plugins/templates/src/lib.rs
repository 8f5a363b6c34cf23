#![doc = include_str!("../README.md")]

mod name;
mod project;
mod sample;

pub use name::{InvalidName, Name};
pub use project::{File, project};

/// A programming language that a handler can be written in.
#[derive(Clone, Copy, Debug)]
pub struct Language {
    /// What it is called on the command line.
    pub name: &'static str,
    files: &'static [EmbeddedFile],
}

/// A path with slashes, and what is there.
type EmbeddedFile = (&'static str, &'static [u8]);

/// The languages that there is a template for.
pub static LANGUAGES: &[Language] = include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// The contract as C: header, implementation, and an object file that carries the WIT. Names with contents.
pub static C_BINDINGS: &[EmbeddedFile] = include!(concat!(env!("OUT_DIR"), "/bindings.rs"));

/// The contract itself.
static WIT: &[EmbeddedFile] = include!(concat!(env!("OUT_DIR"), "/wit.rs"));

/// The SDK for Rust, as a crate that needs nothing around it but the contract.
static SDK: &[EmbeddedFile] = include!(concat!(env!("OUT_DIR"), "/sdk.rs"));
