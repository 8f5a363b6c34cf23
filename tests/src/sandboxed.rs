//! A built-in handler in the sandbox that a worker has, with the budgets of a worker, and nothing around it:
//! quick enough for thousands of uploads.

use std::sync::Arc;

use bytes::Bytes;
use thumbnailify_host::sandbox::types::{Failure, Fit, Output, Picture, PixelFormat, Position};
use thumbnailify_host::sandbox::types::{Raster, Request, Size};
use thumbnailify_host::sandbox::{
    Call, CompileCache, Compiler, ComponentBytes, Effort, Program, Run, Sandbox,
};
use thumbnailify_host::{CompileConfig, Limits};
use tokio_util::sync::CancellationToken;

use crate::{compile_cache, program_under_test};

/// The most frames that a worker asks for by default.
pub const MANY_FRAMES: u32 = 256;

/// A handler that comes with the program, loaded.
#[derive(Clone, Debug)]
pub struct BuiltIn {
    media_type: &'static str,
    program: Program,
    limits: Limits,
}

/// How a call ended that did no harm.
#[derive(Debug)]
pub struct Harmless {
    /// The picture, or why there is none.
    pub answer: Result<Picture, Failure>,
    /// CPU time in milliseconds.
    pub cpu_ms: u64,
    /// The most memory that the handler had, in MiB, rounded up.
    pub memory_mib: u64,
}

impl BuiltIn {
    /// Loads the handler of this name. Blocks: call it from a thread of tokio's that may wait.
    ///
    /// # Panics
    /// There is none, or it does not load.
    #[must_use]
    pub fn load(name: &str) -> Self {
        let compiler = Compiler {
            program: program_under_test(),
            arguments: vec!["compile-handler".into()],
            config: CompileConfig::default(),
        };
        let limits = Limits::default();
        let cache = CompileCache::open(compile_cache()).unwrap();
        let slots = std::thread::available_parallelism().unwrap().get();
        let slots = u32::try_from(slots).unwrap();
        let sandbox = Sandbox::new(slots, limits.memory_mib, compiler, cache).unwrap();
        let mut handlers = thumbnailify_bundle::HANDLERS.iter();
        let built_in = handlers.find(|handler| handler.name == name).unwrap();
        let component = ComponentBytes::new(built_in.component);
        Self {
            media_type: match name {
                "png" => "image/png",
                "jpeg" => "image/jpeg",
                _ => "image/gif",
            },
            program: sandbox.load(&component, Effort::Full).unwrap(),
            limits,
        }
    }

    /// Asks for a thumbnail of 100x100 of so many frames at most. Blocks: call it from a thread of tokio's that
    /// may wait.
    ///
    /// # Errors
    /// The handler did harm: it fell over, took more than its budgets, or its answer breaks the rules.
    pub fn render(&self, file: &Arc<[u8]>, max_frames: u32) -> Result<Harmless, String> {
        let Run {
            answer,
            cpu_us,
            peak_memory_bytes,
            ..
        } = self
            .program
            .render(self.call(file, max_frames), &self.limits);
        let answer = answer.map_err(|fault| fault.to_string())?;
        if let Ok(picture) = &answer {
            check(picture, max_frames)?;
        }
        Ok(Harmless {
            answer,
            cpu_ms: cpu_us / 1_000,
            memory_mib: peak_memory_bytes.div_ceil(1 << 20),
        })
    }

    fn call(&self, file: &Arc<[u8]>, max_frames: u32) -> Call {
        let most = u64::from(self.limits.source_megapixels) * 1_000_000;
        Call {
            source: Box::new(Bytes::from_owner(Arc::clone(file))),
            request: Request {
                target: Size {
                    width: 100,
                    height: 100,
                },
                fit: Fit::Contain,
                media_type: self.media_type.into(),
                file_name: None,
                position: Position::Auto,
                max_frames,
                params: vec![("max-source-pixels".into(), most.to_string())],
            },
            cancel: CancellationToken::new(),
        }
    }
}

/// Checks what the host would check of an answer.
fn check(picture: &Picture, max_frames: u32) -> Result<(), String> {
    let Size { width, height } = picture.source_size;
    let rasters: Vec<_> = match &picture.output {
        Output::Still(raster) => vec![raster],
        Output::Animation(animation) => {
            animation.frames.iter().map(|frame| &frame.raster).collect()
        }
        Output::Embedded(_) => return Err("it is an embedded file".into()),
    };
    let Some(first) = rasters.first() else {
        return Err("it has no frames".into());
    };
    let is_right = width > 0
        && height > 0
        && u32::try_from(rasters.len()).is_ok_and(|frames| frames <= max_frames)
        && rasters
            .iter()
            .all(|raster| is_whole(raster) && raster.size == first.size);
    if is_right {
        Ok(())
    } else {
        Err(format!(
            "its answer breaks the rules: {} frames of {:?} from {width}x{height}",
            rasters.len(),
            first.size
        ))
    }
}

fn is_whole(raster: &Raster) -> bool {
    let channels = match raster.format {
        PixelFormat::Gray8 => 1,
        PixelFormat::Rgb8 => 3,
        PixelFormat::Rgba8 => 4,
    };
    let Size { width, height } = raster.size;
    let bytes = u64::from(width) * u64::from(height) * channels;
    bytes > 0 && u64::try_from(raster.pixels.len()) == Ok(bytes)
}
