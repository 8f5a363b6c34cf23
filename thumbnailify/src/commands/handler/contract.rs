use anyhow::{Context, bail};
use wit_component::{DecodedWasm, decode, metadata};
use wit_parser::{Resolve, WorldId};

/// The interfaces through which a component deals with the outside, by name.
#[derive(Debug)]
pub(super) struct Contract {
    pub(super) imports: Vec<String>,
    pub(super) exports: Vec<String>,
}

impl Contract {
    /// What every handler exports, whatever the version.
    pub(super) const HANDLER: &str = "thumbnailify:handler/handler";

    /// Reads it from a component.
    pub(super) fn of_component(component: &[u8]) -> anyhow::Result<Self> {
        match decode(component).context("it cannot be read")? {
            DecodedWasm::Component(resolve, world) => Ok(Self::of(&resolve, world)),
            DecodedWasm::WitPackage(..) => bail!("it is WIT in binary form, without any code"),
        }
    }

    /// Reads it from the WIT that compilers embed in a core module. Without any, it is empty.
    pub(super) fn of_module(module: &[u8]) -> anyhow::Result<Self> {
        let (_, found) = metadata::decode(module).context("it cannot be read")?;
        Ok(Self::of(&found.resolve, found.world))
    }

    fn of(resolve: &Resolve, world: WorldId) -> Self {
        let world = &resolve.worlds[world];
        let [imports, exports] = [&world.imports, &world.exports].map(|items| {
            let names = items.keys().map(|key| resolve.name_world_key(key));
            names.collect()
        });
        Self { imports, exports }
    }

    pub(super) fn has_handler(&self) -> bool {
        let mut versions = self
            .exports
            .iter()
            .filter_map(|name| name.strip_prefix(Self::HANDLER));
        versions.any(|version| version.starts_with('@'))
    }
}
