use std::sync::RwLock;
use std::time::Instant;

use bytes::Bytes;
use thumbnailify_core::{HandlerIdentity, LoadFaultKind};
use tokio_util::sync::CancellationToken;

use crate::description::check;
use crate::record::Record;
use crate::sandbox::types::{self, Description, Request, Size};
use crate::sandbox::{Call, ComponentBytes, Effort, Fault, Program, Sandbox};
use crate::trust::TrustPolicy;
use crate::{BudgetPolicy, Candidate, Error, Handler, Limits, Origin, Result};

/// A handler says what it is, and that an empty upload is no picture, at once or not at all.
const QUICK_DEADLINE_MS: u32 = 5_000;

/// What is smaller is compiled with full effort within a second or two.
const LARGE_BYTES: usize = 2 << 20;

/// Makes a handler of a component, once it has passed every check.
#[derive(Clone, Debug)]
pub struct Loader {
    sandbox: Sandbox,
    trust: TrustPolicy,
    budgets: BudgetPolicy,
}

impl Loader {
    /// Loads into this sandbox what this policy trusts, and gives each handler its budgets.
    #[must_use]
    pub fn new(sandbox: Sandbox, trust: TrustPolicy, budgets: BudgetPolicy) -> Self {
        Self {
            sandbox,
            trust,
            budgets,
        }
    }

    /// Checks a component from the outside in: trust, kind, imports, interface, description, self-test. The
    /// program's own components are trusted. Blocks: call it from a thread of tokio's that may wait.
    ///
    /// # Errors
    /// [`Error::NotAHandler`] says what its author or owner has to change.
    pub fn load(&self, candidate: &Candidate) -> Result<Handler> {
        self.load_with(candidate, Effort::Full)
    }

    /// The same, sooner: a large component runs on code that was compiled in haste, until
    /// [`Loader::better_code`] is there.
    pub(crate) fn load_soon(&self, candidate: &Candidate) -> Result<Handler> {
        let is_large = candidate.wasm.as_slice().len() > LARGE_BYTES;
        let effort = if is_large {
            Effort::Quick
        } else {
            Effort::Full
        };
        self.load_with(candidate, effort)
    }

    /// The best code of a component that was loaded before.
    pub(crate) fn better_code(&self, candidate: &Candidate) -> Result<Program> {
        self.sandbox.load(&candidate.wasm, Effort::Full)
    }

    fn load_with(&self, candidate: &Candidate, effort: Effort) -> Result<Handler> {
        self.refuse_untrusted(candidate)?;
        let program = self.sandbox.load(&candidate.wasm, effort)?;
        let description = describe(&program, &self.budgets.limits)?;
        let media_types = check(&description).map_err(bad_description)?;
        let first = media_types
            .first()
            .ok_or_else(|| bad_description("it takes no media types".into()))?;
        let limits = self.budgets.limits_of(&description.name, &first.mime);
        self_test(&program, &description, &limits)?;
        Ok(Handler {
            identity: HandlerIdentity {
                name: description.name.clone(),
                version: description.version.clone(),
                sha256: candidate.wasm.sha256().to_owned(),
            },
            origin: candidate.origin.clone(),
            media_types,
            description,
            program: RwLock::new(program),
            limits,
            record: Record::default(),
        })
    }

    pub(crate) fn file_max_bytes(&self) -> u64 {
        self.sandbox.file_max_bytes()
    }

    /// Tells whether a component can be loaded without compiling it first.
    pub(crate) fn is_compiled(&self, wasm: &ComponentBytes) -> bool {
        self.sandbox.is_compiled(wasm)
    }

    fn refuse_untrusted(&self, candidate: &Candidate) -> Result<()> {
        let Candidate {
            origin,
            wasm,
            signature,
        } = candidate;
        if *origin == Origin::BuiltIn {
            return Ok(());
        }
        self.trust
            .check(wasm.as_slice(), wasm.sha256(), signature.as_deref())
            .map_err(|error| Error::not_a_handler(LoadFaultKind::Untrusted, error.to_string()))
    }
}

fn describe(program: &Program, limits: &Limits) -> Result<Description> {
    let limits = quick(limits, QUICK_DEADLINE_MS);
    program.describe(&limits).map_err(|fault| {
        refuse_or_blame_host(LoadFaultKind::BadDescription, &fault, || {
            format!("asked what it is, {}", fault.message("NAME", &limits))
        })
    })
}

/// An empty upload is no picture, and a handler should say so; some answer with one all the same. What
/// crashes or hangs at it would do the same in front of users.
fn self_test(program: &Program, description: &Description, limits: &Limits) -> Result<()> {
    let started = Instant::now();
    for media_type in &description.media_types {
        let passed_ms = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
        // All of them together have the time of one.
        let limits = quick(limits, QUICK_DEADLINE_MS.saturating_sub(passed_ms).max(20));
        let call = Call {
            source: Box::new(Bytes::new()),
            request: request_for(media_type),
            cancel: CancellationToken::new(),
        };
        if let Err(fault) = program.render(call, &limits).answer {
            let mime = &media_type.mime;
            return Err(refuse_or_blame_host(
                LoadFaultKind::FailedSelfTest,
                &fault,
                || {
                    let fault = fault.message(&description.name, &limits);
                    format!("given an empty upload of {mime}, {fault}")
                },
            ));
        }
    }
    Ok(())
}

fn refuse_or_blame_host(
    kind: LoadFaultKind,
    fault: &Fault,
    reason: impl FnOnce() -> String,
) -> Error {
    match fault {
        Fault::HostMemory | Fault::Source(_) | Fault::Cancelled => {
            Error::HostFault(fault.to_string())
        }
        _ => Error::not_a_handler(kind, reason()),
    }
}

fn request_for(media_type: &types::MediaType) -> Request {
    Request {
        target: Size {
            width: 100,
            height: 100,
        },
        fit: types::Fit::Contain,
        media_type: media_type.mime.clone(),
        file_name: None,
        position: types::Position::Auto,
        max_frames: 1,
        params: Vec::new(),
    }
}

fn quick(limits: &Limits, deadline_ms: u32) -> Limits {
    Limits {
        deadline_ms: limits.deadline_ms.min(deadline_ms),
        ..limits.clone()
    }
}

fn bad_description(reason: String) -> Error {
    Error::not_a_handler(LoadFaultKind::BadDescription, reason)
}
