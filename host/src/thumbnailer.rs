use std::io;

use thumbnailify_core::{BoxError, Cost, MediaType, Source};
use tokio_util::sync::CancellationToken;

use crate::failure::{Failure, FailureKind, Ran};
use crate::picture::{
    Encoded, Format, Frame, Picture, ResizeError, Size, UncheckedPicture, encode, resize,
    source_size, thumbnail_size, validate,
};
use crate::sandbox::{Call, LogLine, types};
use crate::{Handler, Limits, Registry, ThumbnailSpec};

/// A picture inside a file inside a file: further down nobody looks.
const EMBEDDED_DEPTH_MAX: u32 = 2;

/// Makes one thumbnail: runs the handler, checks its answer, resizes and encodes. Knows nothing of jobs.
#[derive(Debug)]
pub struct Thumbnailer {
    registry: Registry,
    spec: ThumbnailSpec,
}

/// What to make a thumbnail of.
#[derive(Debug)]
pub struct Render {
    /// The upload.
    pub source: Box<dyn Source>,
    /// Its media type, which chooses the handler.
    pub media_type: MediaType,
    /// Stops the handler.
    pub cancel: CancellationToken,
}

/// A thumbnail and how it came about.
#[derive(Debug)]
pub struct Made {
    /// The file.
    pub thumbnail: Encoded,
    /// The size of the upright source in pixels, as the handler says.
    pub source_size: Size,
    /// Who made it at what cost.
    pub ran: Ran,
}

impl Made {
    /// The same for a picture inside a file: the handler of the file made it, at the cost of both.
    fn inside(self, outer: &Ran) -> Self {
        let ran = outer.and(&self.ran);
        Self { ran, ..self }
    }
}

impl Thumbnailer {
    /// Makes thumbnails as `spec` says, with these handlers.
    #[must_use]
    pub fn new(registry: Registry, spec: ThumbnailSpec) -> Self {
        Self { registry, spec }
    }

    /// The handlers.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Makes a thumbnail. Blocks for as long as the handler runs: call it from a thread of tokio's that
    /// may wait.
    ///
    /// # Errors
    /// Why there is none.
    pub fn make(&self, render: Render) -> Result<Made, Failure> {
        self.make_at_depth(render, 0)
    }

    fn make_at_depth(&self, render: Render, depth: u32) -> Result<Made, Failure> {
        let Render {
            source,
            media_type,
            cancel,
        } = render;
        let handler = self
            .registry
            .handler_for(&media_type)
            .ok_or_else(|| Failure::no_handler(&media_type))?;
        let request = self.request(&media_type, handler);
        let run = handler.render(Call {
            source,
            request,
            cancel: cancel.clone(),
        });
        forward(handler, &run.log);
        let cost = Cost {
            cpu_us: run.cpu_us,
            peak_memory_bytes: run.peak_memory_bytes,
        };
        let ran = Ran {
            handler: handler.identity().clone(),
            cost,
        };
        let picture = match run.answer {
            Ok(Ok(picture)) => picture,
            Ok(Err(refusal)) => return Err(ran.refused(refusal)),
            Err(fault) => return Err(ran.faulted(&fault, handler.limits())),
        };
        let unchecked = match picture.output {
            types::Output::Still(still) => UncheckedPicture::Still(still),
            types::Output::Animation(animation) => UncheckedPicture::Animation(animation),
            types::Output::Embedded(file) => {
                let inner = match embedded(file, cancel, depth) {
                    Ok(inner) => inner,
                    Err(message) => return Err(ran.failure(FailureKind::BadAnswer, &message)),
                };
                return match self.make_at_depth(inner, depth + 1) {
                    Ok(made) => Ok(made.inside(&ran)),
                    Err(failure) => Err(failure.inside(&ran)),
                };
            }
        };
        let finished = self.finish(
            unchecked,
            picture.source_size,
            &media_type,
            handler.limits(),
        );
        match finished {
            Ok((thumbnail, source_size)) => Ok(Made {
                thumbnail,
                source_size,
                ran,
            }),
            Err(error) => Err(ran.failure(FailureKind::BadAnswer, &error.to_string())),
        }
    }

    fn request(&self, media_type: &MediaType, handler: &Handler) -> types::Request {
        let ThumbnailSpec {
            max_width,
            max_height,
            ..
        } = self.spec;
        types::Request {
            target: types::Size {
                width: max_width.get(),
                height: max_height.get(),
            },
            fit: types::Fit::Contain,
            media_type: media_type.to_string(),
            file_name: None,
            position: types::Position::Auto,
            max_frames: handler.limits().frames,
            params: Vec::new(),
        }
    }

    /// The trusted half: checks, resizes, encodes.
    fn finish(
        &self,
        unchecked: UncheckedPicture,
        claimed: types::Size,
        media_type: &MediaType,
        limits: &Limits,
    ) -> Result<(Encoded, Size), BoxError> {
        let source_size = source_size(claimed)?;
        let picture = validate(unchecked, limits)?;
        let bounds = Size {
            width: self.spec.max_width.get(),
            height: self.spec.max_height.get(),
        };
        let small = shrink(
            &picture,
            thumbnail_size(source_size, picture.size(), bounds),
        )?;
        let format = Format::choose(media_type, &small);
        Ok((encode(&small, format, &self.spec)?, source_size))
    }
}

fn shrink(picture: &Picture, size: Size) -> Result<Picture, ResizeError> {
    let smaller = |frame: &Frame| {
        let raster = resize(&frame.raster, size)?;
        Ok(Frame { raster, ..*frame })
    };
    match picture {
        Picture::Still(raster) => resize(raster, size).map(Picture::Still),
        Picture::Animation { frames, loop_count } => {
            let frames = frames.iter().map(smaller).collect::<Result<_, _>>()?;
            let loop_count = *loop_count;
            Ok(Picture::Animation { frames, loop_count })
        }
    }
}

/// The picture that a handler found inside its file, as an upload of its own.
fn embedded(
    file: types::EmbeddedFile,
    cancel: CancellationToken,
    depth: u32,
) -> Result<Render, String> {
    if depth == EMBEDDED_DEPTH_MAX {
        return Err("the pictures inside the file are nested too deeply".into());
    }
    let media_type = file
        .media_type
        .parse()
        .map_err(|error| format!("the embedded picture: {error}"))?;
    Ok(Render {
        source: Box::new(InMemory(file.bytes)),
        media_type,
        cancel,
    })
}

#[derive(Debug)]
struct InMemory(Vec<u8>);

impl Source for InMemory {
    fn size(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).map_or(self.0.len(), |start| start.min(self.0.len()));
        let rest = &self.0[start..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

/// A handler's log is for its author: nothing in it can be so important to us that a stranger's upload may
/// fill our log with it.
fn forward(handler: &Handler, log: &[LogLine]) {
    let name = &handler.identity().name;
    for LogLine { level, message } in log {
        tracing::debug!(handler = name, %level, line = message, "a handler's log");
    }
}
