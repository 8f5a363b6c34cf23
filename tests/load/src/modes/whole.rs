use std::sync::Arc;

use anyhow::Result;

use super::Run;
use crate::journey::{JourneyConfig, Rows, Steps, whole_journey};
use crate::pacing::Arrival;
use crate::pictures::Mix;
use crate::report::Report;
use crate::tally::Operation;
use crate::target::ApiAddress;

/// Whole journeys: upload, outcome, thumbnail, deletion.
#[derive(Clone, Debug)]
pub struct HttpMode {
    /// The API.
    pub target: ApiAddress,
    /// What the pictures are called in the report.
    pub name: String,
    /// The pictures.
    pub mix: Mix,
    /// How the journeys go.
    pub journey: JourneyConfig,
}

impl HttpMode {
    /// Makes the journeys of a run.
    ///
    /// # Errors
    /// The load cannot be used, or the generator itself broke down. What the server does wrong is in the
    /// report.
    pub async fn run(&self, run: &Run) -> Result<Report> {
        let rows = if self.mix.is_mixed() {
            Rows::ByPicture
        } else {
            Rows::One
        };
        let journey = self.journey.clone();
        let steps = Arc::new(Steps::new(
            &self.target,
            journey,
            rows,
            &run.tally,
            &run.journal,
        ));
        let mix = self.mix.clone();
        let journey = move |arrival: Arrival| {
            let (steps, sample) = (Arc::clone(&steps), mix.sample(arrival.index));
            async move {
                if let Some(sample) = sample {
                    whole_journey(&steps, &sample, arrival).await;
                }
            }
        };
        let what = format!(
            "http, {} pictures, http://{}",
            self.name, self.target.authority
        );
        run.report(
            what,
            Operation::Whole,
            |tally| tally.ends.completed,
            journey,
        )
        .await
    }
}
