//! The versions of the handler interface, each with the bindings of its own folder under `wit/`.
//!
//! A component says by what it exports which version it was built for. A released version stays here for
//! good, so that a file that once worked goes on working.

use thumbnailify_core::LoadFaultKind;
use wasmtime::component::{Component, Linker, Resource};
use wasmtime::{Engine, Store};

use super::bindings::types::{Description, Failure, Picture, Request};
use super::bindings::{MediaHandler, MediaHandlerPre};
use super::blob::Blob;
use super::guest::Guest;
use crate::{Error, Result};

/// The interface that a handler exports, without its version.
const EXPORT: &str = "thumbnailify:handler/handler";

/// What this program speaks.
const KNOWN: &str = "1.x";

/// The major versions that are known here, the oldest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Major {
    V1,
}

impl Major {
    /// The one that a version belongs to. A pre-release belongs to none: it may change every day.
    fn of(version: &str) -> Option<Self> {
        let (major, _) = version.split_once('.')?;
        match major {
            "1" if !version.contains('-') => Some(Self::V1),
            _ => None,
        }
    }
}

/// A component that is linked, by the version of its interface.
#[derive(Clone)]
pub(super) enum Interface {
    /// `wit/1.0`, and whatever adds functions or interfaces to it.
    V1(MediaHandlerPre<Guest>),
}

/// A running instance, by the version of its interface.
pub(super) enum Instance {
    V1(MediaHandler),
}

impl Interface {
    /// Links a component by the newest version that both it and this program know.
    pub(super) fn link(linker: &Linker<Guest>, component: &Component) -> Result<Self> {
        let component_type = component.component_type();
        let exports = component_type.exports(linker.engine());
        match choose(exports.map(|(name, _)| name)).map_err(wrong)? {
            Major::V1 => linker
                .instantiate_pre(component)
                .and_then(MediaHandlerPre::new)
                .map(Self::V1)
                .map_err(|error| {
                    wrong(format!(
                        "it does not keep to the interface of a handler: {error:#}"
                    ))
                }),
        }
    }

    pub(super) fn engine(&self) -> &Engine {
        match self {
            Self::V1(pre) => pre.engine(),
        }
    }

    pub(super) async fn instantiate(&self, store: &mut Store<Guest>) -> wasmtime::Result<Instance> {
        match self {
            Self::V1(pre) => pre.instantiate_async(store).await.map(Instance::V1),
        }
    }
}

impl Instance {
    pub(super) async fn describe(&self, store: &mut Store<Guest>) -> wasmtime::Result<Description> {
        match self {
            Self::V1(handler) => {
                let interface = handler.thumbnailify_handler_handler();
                interface.call_describe(store).await
            }
        }
    }

    pub(super) async fn render(
        &self,
        store: &mut Store<Guest>,
        blob: Resource<Blob>,
        request: &Request,
    ) -> wasmtime::Result<Result<Picture, Failure>> {
        match self {
            Self::V1(handler) => {
                let interface = handler.thumbnailify_handler_handler();
                interface.call_render(store, blob, request).await
            }
        }
    }
}

/// The newest version among the exports that is known, or why there is none.
fn choose<'a>(exports: impl Iterator<Item = &'a str>) -> Result<Major, String> {
    let versions: Vec<_> = exports.filter_map(version_of).collect();
    let known = versions
        .iter()
        .filter_map(|version| Major::of(version))
        .max();
    known.ok_or_else(|| match versions.as_slice() {
        [] => format!("it exports no `{EXPORT}`; build it for the world `media-handler` of the handler interface"),
        [""] => format!("it exports `{EXPORT}` without a version; this program knows {KNOWN}"),
        versions => {
            let versions = versions.join(" and ");
            format!("it exports version {versions} of the handler interface, and this program knows {KNOWN}: update the program, or get the handler built for {KNOWN}")
        }
    })
}

/// The version of the handler interface that an export is, empty where it has none.
fn version_of(export: &str) -> Option<&str> {
    match export.strip_prefix(EXPORT)? {
        "" => Some(""),
        rest => rest.strip_prefix('@'),
    }
}

fn wrong(reason: String) -> Error {
    Error::not_a_handler(LoadFaultKind::WrongInterface, reason)
}

#[cfg(test)]
mod tests;
