use std::sync::Arc;

use anyhow::Result;

use super::Run;
use crate::journey::{JourneyConfig, Rows, Steps, eventful_journey};
use crate::pacing::Arrival;
use crate::pictures::Mix;
use crate::target::ApiAddress;

/// Journeys in a system of which parts go away and come back: what they see goes into the journal of the run.
#[derive(Clone, Debug)]
pub struct EventfulMode {
    /// The API.
    pub target: ApiAddress,
    /// The pictures.
    pub mix: Mix,
    /// How the journeys go.
    pub journey: JourneyConfig,
}

impl EventfulMode {
    /// Makes the journeys of a run.
    ///
    /// # Errors
    /// The load cannot be used, or the generator itself broke down.
    pub async fn run(&self, run: &Run) -> Result<()> {
        run.load.validate()?;
        let (config, tally) = (self.journey.clone(), &run.tally);
        let steps = Steps::new(&self.target, config, Rows::One, tally, &run.journal);
        let (steps, mix) = (Arc::new(steps), self.mix.clone());
        let journey = move |arrival: Arrival| {
            let (steps, sample) = (Arc::clone(&steps), mix.sample(arrival.index));
            async move {
                if let Some(sample) = sample {
                    eventful_journey(&steps, &sample, arrival).await;
                }
            }
        };
        run.load.drive(tally, &run.interrupt, journey).await
    }
}
