use axum::Json;
use axum::extract::State;
use serde::Serialize;
use thumbnailify_core::{Announcement, HandlerSummary};

use crate::problem::Problem;
use crate::state::Api;

/// `GET /handlers`: the handlers of all workers, those that failed to load among them.
pub(crate) async fn list_handlers(State(api): State<Api>) -> Result<Json<HandlerList>, Problem> {
    let announced = api.catalog.announced().await;
    let announcements = announced.map_err(|error| Problem::from_port(&error, None, &api.config))?;
    Ok(Json(HandlerList::merged(&announcements)))
}

/// All handlers, equal ones once.
#[derive(Debug, Serialize)]
pub(crate) struct HandlerList {
    handlers: Vec<ListedHandler>,
    workers: Vec<String>,
}

/// A handler and the workers that have it.
#[derive(Debug, Serialize)]
struct ListedHandler {
    #[serde(flatten)]
    summary: HandlerSummary,
    workers: Vec<String>,
}

impl HandlerList {
    fn merged(announcements: &[Announcement]) -> Self {
        let mut list = Self {
            handlers: Vec::new(),
            workers: Vec::new(),
        };
        for announcement in announcements {
            list.workers.push(announcement.worker.clone());
            for summary in &announcement.catalog.handlers {
                list.add(summary, &announcement.worker);
            }
        }
        list
    }

    fn add(&mut self, summary: &HandlerSummary, worker: &str) {
        let worker = worker.to_owned();
        match self
            .handlers
            .iter_mut()
            .find(|listed| listed.summary == *summary)
        {
            Some(listed) => listed.workers.push(worker),
            None => self.handlers.push(ListedHandler {
                summary: summary.clone(),
                workers: vec![worker],
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use thumbnailify_core::{Catalog, HandlerIdentity, HandlerState};

    use super::*;

    fn announcement(worker: &str, versions: &[&str]) -> Announcement {
        let handlers = versions.iter().map(|version| HandlerSummary {
            identity: HandlerIdentity {
                name: "png".to_owned(),
                version: (*version).to_owned(),
                sha256: "00".to_owned(),
            },
            origin: "builtin".to_owned(),
            media_types: Vec::new(),
            imports: Vec::new(),
            state: HandlerState::Ready,
        });
        let catalog = Catalog {
            handlers: handlers.collect(),
        };
        Announcement {
            worker: worker.to_owned(),
            catalog,
        }
    }

    #[test]
    fn equal_handlers_are_listed_once_with_their_workers() {
        let list =
            HandlerList::merged(&[announcement("a", &["1"]), announcement("b", &["1", "2"])]);
        let list = serde_json::to_value(&list).unwrap();
        assert_eq!(list["workers"], json!(["a", "b"]));
        let handlers = list["handlers"].as_array().unwrap();
        let seen: Vec<_> = handlers
            .iter()
            .map(|handler| (&handler["version"], &handler["workers"]))
            .collect();
        assert_eq!(
            seen,
            [
                (&json!("1"), &json!(["a", "b"])),
                (&json!("2"), &json!(["b"]))
            ]
        );
        assert_eq!(handlers[0]["state"], "ready");
    }
}
