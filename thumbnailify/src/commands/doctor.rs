use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::time::Duration;

use anyhow::{Context, ensure};
use thumbnailify_core::MediaId;
use thumbnailify_host::{Examination, Finding, Kind, Reconciler, RepairMetrics};

use super::roles;
use crate::settings::Settings;
use crate::wiring;

/// How many media of a kind are named.
const NAMED: usize = 5;

/// How long lies between two looks at what the queue counts, which it may count wrongly for a moment.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// Shows how a system stands and what is out of order, and puts that right if asked to. Fails while something is.
pub(crate) fn doctor(settings: &Settings, repair: Repair) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let ports = wiring::ports(settings).await?;
        let metrics = RepairMetrics::register(&mut thumbnailify_api::registry());
        let reconciler = roles::reconciler(settings, ports, metrics);
        let mut found = examine(&reconciler).await?;
        print(&report(&found))?;
        if repair == Repair::Yes {
            mend(&reconciler, found.findings).await?;
            found = examine(&reconciler).await?;
            print(&format!("\nafter the repair:\n{}", report(&found)))?;
        }
        let count = found.findings.iter().map(Finding::count).sum::<u64>();
        ensure!(count == 0, "{count} things are out of order");
        Ok(())
    })
}

/// Whether anything may be changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Repair {
    Yes,
    No,
}

async fn examine(reconciler: &Reconciler) -> anyhow::Result<Examination> {
    let examined = reconciler.examine().await;
    examined.context("the system cannot be looked at")
}

async fn mend(reconciler: &Reconciler, mut findings: Vec<Finding>) -> anyhow::Result<()> {
    findings.push(Finding::ListEntries(1));
    let mended = reconciler.mend_all(findings).await;
    mended.context("not everything could be mended")?;
    for _ in 0..2 {
        pause().await;
        let mended = reconciler.mend_all(vec![Finding::Ghosts(1)]).await;
        mended.context("the queue could not be looked at")?;
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing tells when a queue has counted anew"
)]
async fn pause() {
    tokio::time::sleep(BETWEEN_LOOKS).await;
}

/// All of it in lines for people.
fn report(found: &Examination) -> String {
    let Examination {
        counts,
        depth,
        findings,
        ..
    } = found;
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        // Writing into a string cannot fail.
        writeln!(text, "{name:<28}{value}").ok();
    };
    line("processing", counts.processing.to_string());
    line("completed", counts.completed.to_string());
    line("error", counts.error.to_string());
    line("oldest without outcome", spell_age(found.oldest_open));
    line("jobs waiting", depth.waiting.to_string());
    line("jobs leased or put off", depth.leased.to_string());
    line("oldest job", spell_age(found.oldest_job));
    line("waiting long in the queue", found.waiting_long.to_string());
    for (kind, (count, ids)) in by_kind(findings) {
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        line(
            kind.as_str(),
            format!("{count}  {}", ids.join(" ")).trim_end().to_owned(),
        );
    }
    if findings.is_empty() {
        line("out of order", "nothing".to_owned());
    }
    text
}

fn by_kind(findings: &[Finding]) -> BTreeMap<Kind, (u64, Vec<MediaId>)> {
    let mut kinds = BTreeMap::<_, (u64, Vec<_>)>::new();
    for finding in findings {
        let (count, ids) = kinds.entry(finding.kind()).or_default();
        *count += finding.count();
        if ids.len() < NAMED {
            ids.extend(finding.media_id());
        }
    }
    kinds
}

fn spell_age(age: Option<Duration>) -> String {
    age.map_or("none".to_owned(), |age| format!("{} s", age.as_secs()))
}

fn print(text: &str) -> anyhow::Result<()> {
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use thumbnailify_core::{Counts, Depth};

    use super::*;

    fn examination(findings: Vec<Finding>) -> Examination {
        Examination {
            counts: Counts {
                processing: 3,
                completed: 20,
                error: 1,
            },
            depth: Depth {
                waiting: 2,
                leased: 1,
            },
            oldest_job: None,
            oldest_open: Some(Duration::from_secs(90)),
            waiting_long: 0,
            findings,
        }
    }

    #[test]
    fn a_system_in_order_is_said_to_be_so() {
        let text = report(&examination(Vec::new()));
        for line in [
            "processing                  3",
            "oldest without outcome      90 s",
            "out of order                nothing",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}:\n{text}");
        }
    }

    #[test]
    fn findings_are_counted_by_kind() {
        let text = report(&examination(vec![Finding::UnfinishedFiles(7)]));
        assert!(text.ends_with("unfinished-files            7\n"), "{text}");
        assert!(!text.contains("nothing"), "{text}");
    }
}
