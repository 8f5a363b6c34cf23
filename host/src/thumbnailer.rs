use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use thumbnailify_core::{FaultKind, MediaType, Source, ThumbnailOptions};
use tokio_util::sync::CancellationToken;

use crate::failure::{Failure, FailureKind, Ran};
use crate::picture::{Encoded, Size, UncheckedPicture, Wanted, finish, source_size, validate};
use crate::record::{Ended, EndedRun};
use crate::request::request;
use crate::sandbox::{Call, Fault, LogLine, types};
use crate::{Handler, Registry, ThumbnailSpec};

/// A picture inside a file inside a file: further down nobody looks.
const EMBEDDED_DEPTH_MAX: u32 = 2;

/// Makes one thumbnail: runs the handler, checks its answer, resizes and encodes. Knows nothing of jobs.
#[derive(Debug)]
pub struct Thumbnailer {
    registry: Arc<Registry>,
    spec: ThumbnailSpec,
}

/// What to make a thumbnail of.
#[derive(Debug)]
pub struct Render {
    /// The upload.
    pub source: Box<dyn Source>,
    /// Its media type.
    pub media_type: MediaType,
    /// What the thumbnail is to be like.
    pub options: ThumbnailOptions,
    /// The handler that is run.
    pub handler: Arc<Handler>,
    /// What tells this upload from others, such as its hash.
    pub upload: Arc<str>,
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
    /// Makes thumbnails with these handlers, as `spec` says where an upload does not.
    #[must_use]
    pub fn new(registry: Arc<Registry>, spec: ThumbnailSpec) -> Self {
        Self { registry, spec }
    }

    /// The handlers.
    #[must_use]
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// Makes a thumbnail. Blocks for as long as the handler runs: call it from a thread of tokio's that
    /// may wait.
    ///
    /// # Errors
    /// Why there is none.
    pub fn make(&self, render: Render) -> Result<Made, Failure> {
        let wanted = self.spec.wanted(&render.options);
        self.make_at_depth(render, &wanted, 0)
    }

    fn make_at_depth(&self, render: Render, wanted: &Wanted, depth: u32) -> Result<Made, Failure> {
        let Render {
            source,
            media_type,
            options,
            handler,
            upload,
            cancel,
        } = render;
        let started = Instant::now();
        let run = handler.render(Call {
            source,
            request: request(&media_type, &handler, wanted),
            cancel: cancel.clone(),
        });
        forward(&handler, &run.log);
        let ran = Ran::new(&handler, &run);
        let answer = answer(run.answer, &media_type, &handler, wanted, &ran)
            .and_then(|answer| self.followed(answer, options, &upload, cancel, depth, &ran));
        self.count(&handler, &upload, started.elapsed(), &ran, &answer);
        match answer? {
            Next::Made(made) => Ok(made),
            Next::Inner(inner) => match self.make_at_depth(inner, wanted, depth + 1) {
                Ok(made) => Ok(made.inside(&ran)),
                Err(failure) => Err(failure.inside(&ran)),
            },
        }
    }

    /// Notes in the handler's record how a run ended, where that says something about the handler.
    fn count(
        &self,
        handler: &Arc<Handler>,
        upload: &str,
        duration: Duration,
        ran: &Ran,
        answer: &Result<Next, Failure>,
    ) {
        let ended = match answer {
            Ok(_) => Ended::Completed,
            Err(failure) => match failure.ended() {
                Some(ended) => ended,
                None => return,
            },
        };
        let run = EndedRun {
            upload,
            ended,
            duration,
            peak_memory_bytes: ran.cost.peak_memory_bytes,
        };
        self.registry.note(handler, &run);
    }

    /// Finds the handler of a picture that was found inside a file.
    fn followed(
        &self,
        answer: Answer,
        options: ThumbnailOptions,
        upload: &Arc<str>,
        cancel: CancellationToken,
        depth: u32,
        ran: &Ran,
    ) -> Result<Next, Failure> {
        let file = match answer {
            Answer::Made(made) => return Ok(Next::Made(made)),
            Answer::Embedded(file) => file,
        };
        let bad = |message: &str| {
            ran.failure(FailureKind::BadAnswer, Some(FaultKind::BadAnswer), message)
        };
        if depth == EMBEDDED_DEPTH_MAX {
            return Err(bad("the pictures inside the file are nested too deeply"));
        }
        let media_type: MediaType = file
            .media_type
            .parse()
            .map_err(|error| bad(&format!("the embedded picture: {error}")))?;
        let Some(handler) = self.registry.handler_for(&media_type) else {
            let failure = if self.registry.is_suspended(&media_type) {
                Failure::no_handler(&media_type)
            } else {
                Failure::unknown_inside(&media_type)
            };
            return Err(failure.inside(ran));
        };
        Ok(Next::Inner(Render {
            source: Box::new(Bytes::from(file.bytes)),
            handler,
            media_type,
            options,
            upload: Arc::clone(upload),
            cancel,
        }))
    }
}

/// What a run leads to.
#[derive(Debug)]
enum Next {
    Made(Made),
    /// A picture that was found inside the file, with its handler.
    Inner(Render),
}

/// What a run has answered.
#[derive(Debug)]
enum Answer {
    Made(Made),
    /// A picture for another handler.
    Embedded(types::EmbeddedFile),
}

/// Takes the answer of a run apart, and finishes the picture in it.
fn answer(
    answer: Result<Result<types::Picture, types::Failure>, Fault>,
    media_type: &MediaType,
    handler: &Handler,
    wanted: &Wanted,
    ran: &Ran,
) -> Result<Answer, Failure> {
    let limits = handler.limits();
    let picture = match answer {
        Ok(Ok(picture)) => picture,
        Ok(Err(refusal)) => return Err(ran.refused(refusal)),
        Err(fault) => return Err(ran.faulted(&fault, limits)),
    };
    let unchecked = match picture.output {
        types::Output::Still(still) => UncheckedPicture::Still(still),
        types::Output::Animation(animation) => UncheckedPicture::Animation(animation),
        types::Output::Embedded(file) => return Ok(Answer::Embedded(file)),
    };
    let bad = |error| ran.answered_badly(&error);
    let source_size = source_size(picture.source_size).map_err(bad)?;
    if source_size.pixels() > limits.source_pixels() {
        return Err(ran.source_too_large(source_size, limits));
    }
    let started = Instant::now();
    let picture = validate(unchecked, limits).map_err(bad)?;
    let max_bytes = limits.raster_bytes();
    let thumbnail = finish(picture, source_size, media_type, wanted, max_bytes)
        .map_err(|error| ran.failure(FailureKind::BadAnswer, None, &error.to_string()))?;
    Ok(Answer::Made(Made {
        thumbnail,
        source_size,
        ran: ran.finished_in(started.elapsed()),
    }))
}

/// A handler's log is for its author: nothing in it can be so important to us that a stranger's upload may
/// fill our log with it.
fn forward(handler: &Handler, log: &[LogLine]) {
    let name = &handler.identity().name;
    for LogLine { level, message } in log {
        tracing::debug!(handler = name, %level, line = message, "a handler's log");
    }
}
