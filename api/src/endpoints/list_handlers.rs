use axum::Json;
use axum::extract::State;
use serde::Serialize;
use thumbnailify_core::{
    Announcement, Budgets, HandledType, HandlerCounters, HandlerIdentity, HandlerState,
    HandlerSummary,
};

use crate::counters::Counters;
use crate::problem::Problem;
use crate::state::Api;

/// `GET /handlers`: the handlers of all workers as they are now, those that are not in service among them.
pub(crate) async fn list_handlers(State(api): State<Api>) -> Result<Json<HandlerList>, Problem> {
    let announced = api.catalog.current().await;
    let announcements = announced.map_err(|error| Problem::from_port(&error, None, &api.config))?;
    Ok(Json(HandlerList::merged(&announcements)))
}

/// All handlers, equal ones once, in the order of the first worker that has them.
#[derive(Debug, Serialize)]
pub(crate) struct HandlerList {
    handlers: Vec<ListedHandler>,
    workers: Vec<String>,
}

/// A handler, what it did on all workers together, and which these are.
#[derive(Debug, Serialize)]
struct ListedHandler {
    #[serde(flatten)]
    identity: HandlerIdentity,
    origin: String,
    media_types: Vec<HandledType>,
    imports: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    budgets: Option<Budgets>,
    #[serde(flatten)]
    state: HandlerState,
    warnings: Vec<String>,
    counters: Counters,
    workers: Vec<String>,
}

impl HandlerList {
    fn merged(announcements: &[Announcement]) -> Self {
        let mut merged: Vec<Merged> = Vec::new();
        for announcement in announcements {
            for summary in &announcement.catalog.handlers {
                add(&mut merged, summary.clone(), &announcement.worker);
            }
        }
        let workers = announcements.iter().map(|one| one.worker.clone());
        Self {
            handlers: merged.into_iter().map(ListedHandler::from).collect(),
            workers: workers.collect(),
        }
    }
}

/// A handler without its counters, which are summed up beside it.
struct Merged {
    summary: HandlerSummary,
    counters: HandlerCounters,
    workers: Vec<String>,
}

/// Adds the handler of a worker. It is one that is known if everything but what it did is equal.
fn add(merged: &mut Vec<Merged>, mut summary: HandlerSummary, worker: &str) {
    let counters = std::mem::take(&mut summary.counters);
    match merged.iter_mut().find(|known| known.summary == summary) {
        Some(known) => {
            known.counters.add(&counters);
            known.workers.push(worker.to_owned());
        }
        None => merged.push(Merged {
            summary,
            counters,
            workers: vec![worker.to_owned()],
        }),
    }
}

impl From<Merged> for ListedHandler {
    fn from(merged: Merged) -> Self {
        let summary = merged.summary;
        Self {
            identity: summary.identity,
            origin: summary.origin,
            media_types: summary.media_types,
            imports: summary.imports,
            budgets: summary.budgets,
            state: summary.state,
            warnings: summary.warnings,
            counters: Counters::from(merged.counters),
            workers: merged.workers,
        }
    }
}
