use std::fmt;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;
use thumbnailify_core::Depth;

/// What is still to be done, where it could be learnt.
#[derive(Debug)]
pub(super) struct Backlog {
    pub(super) depth: Option<Depth>,
    /// How long ago the oldest medium without outcome was accepted; inside, `None` where every one has its own.
    pub(super) oldest_open: Option<Option<Duration>>,
}

impl Collector for Backlog {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        if let Some(depth) = self.depth {
            encode_depth(&mut encoder, depth)?;
        }
        if let Some(age) = self.oldest_open {
            encode_age(&mut encoder, age.unwrap_or_default())?;
        }
        Ok(())
    }
}

fn encode_depth(encoder: &mut DescriptorEncoder<'_>, depth: Depth) -> fmt::Result {
    let help = "Jobs in the queue.";
    let mut family = encoder.encode_descriptor("queue_jobs", help, None, MetricType::Gauge)?;
    for (state, count) in [("waiting", depth.waiting), ("leased", depth.leased)] {
        family
            .encode_family(&[("state", state)])?
            .encode_gauge(&count)?;
    }
    Ok(())
}

fn encode_age(encoder: &mut DescriptorEncoder<'_>, age: Duration) -> fmt::Result {
    let name = "oldest_open_image_age_seconds";
    let help = "How long ago the oldest upload without an outcome was accepted; 0 without any.";
    encoder
        .encode_descriptor(name, help, None, MetricType::Gauge)?
        .encode_gauge(&age.as_secs_f64())
}
