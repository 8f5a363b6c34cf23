#![doc = include_str!("../README.md")]

/// A handler that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// Its short name.
    pub name: &'static str,
    /// Its component, as it would lie in a file.
    pub component: &'static [u8],
}

/// The handlers that come with the program.
pub static HANDLERS: &[BuiltIn] = include!(concat!(env!("OUT_DIR"), "/handlers.rs"));

/// The component that misbehaves on command. For tests.
#[cfg(feature = "faulty")]
pub static FAULTY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/faulty.wasm"));
