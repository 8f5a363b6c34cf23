use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::{env, fs};

use anyhow::{Context, Result, anyhow, ensure};
use bytes::Bytes;
use thumbnailify_bundle::HANDLERS;
use thumbnailify_host::sandbox::types::{Fit, Picture, Position, Request, Size};
use thumbnailify_host::sandbox::{
    Call, CompileCache, Compiler, ComponentBytes, Effort, Program, Sandbox,
};
use thumbnailify_host::{CompileConfig, Limits};
use tokio_util::sync::CancellationToken;
use wit_component::ComponentEncoder;

use crate::COMPILE;
use crate::cases::Case;

/// Side of the box of all thumbnails, in pixels.
pub(crate) const BOX_SIDE: u32 = 100;

/// The handlers, compiled; each call gets a fresh instance.
#[derive(Debug)]
pub(crate) struct Sandboxed {
    programs: BTreeMap<String, Program>,
    limits: Limits,
}

/// What came of a call.
#[derive(Debug)]
pub(crate) struct Rendered {
    pub(crate) picture: Picture,
    /// The largest size of the guest's memory.
    pub(crate) peak_memory_bytes: u64,
}

impl Sandboxed {
    /// Compiles the built-in handlers, but those whose names are in `components` from there.
    pub(crate) fn start(components: &[(String, PathBuf)]) -> Result<Self> {
        let limits = Limits::default();
        let compiler = Compiler {
            program: env::current_exe()?,
            arguments: vec![COMPILE.into()],
            config: CompileConfig::default(),
        };
        let sandbox = Sandbox::new(1, limits.memory_mib, compiler, CompileCache::temporary()?)?;
        let mut programs = BTreeMap::new();
        let mut load = |name: &str, component: &[u8]| -> Result<()> {
            let program = sandbox.load(&ComponentBytes::new(component), Effort::Full)?;
            programs.insert(name.to_owned(), program);
            Ok(())
        };
        for handler in HANDLERS {
            load(handler.name, handler.component)?;
        }
        for (name, file) in components {
            let is_built_in = HANDLERS.iter().any(|handler| handler.name == name);
            ensure!(is_built_in, "there is no handler {name}");
            let component = read(file).with_context(|| file.display().to_string())?;
            load(name, &component)?;
        }
        Ok(Self { programs, limits })
    }

    /// Runs the handler of the picture.
    pub(crate) fn render(&self, upload: &Arc<[u8]>, case: &Case) -> Result<Rendered> {
        let program = self.programs.get(case.handler()).context("no handler")?;
        let call = Call {
            source: Box::new(Bytes::from_owner(Arc::clone(upload))),
            request: request(case),
            cancel: CancellationToken::new(),
        };
        let run = program.render(call, &self.limits);
        let picture = run.answer.map_err(|fault| anyhow!("{fault:?}"))?;
        Ok(Rendered {
            picture: picture.map_err(|failure| anyhow!("{failure:?}"))?,
            peak_memory_bytes: run.peak_memory_bytes,
        })
    }
}

/// A component, or a core module that becomes one.
fn read(file: &PathBuf) -> Result<Vec<u8>> {
    const CORE_MODULE: &[u8] = b"\0asm\x01\0\0\0";
    let bytes = fs::read(file)?;
    if !bytes.starts_with(CORE_MODULE) {
        return Ok(bytes);
    }
    ComponentEncoder::default()
        .validate(true)
        .module(&bytes)?
        .encode()
}

fn request(case: &Case) -> Request {
    Request {
        target: Size {
            width: BOX_SIDE,
            height: BOX_SIDE,
        },
        fit: Fit::Contain,
        media_type: case.media_type(),
        file_name: None,
        position: Position::Auto,
        max_frames: case.max_frames(),
        params: Vec::new(),
    }
}
