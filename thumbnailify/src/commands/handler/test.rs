use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use thumbnailify_host::conformance::{self, Check, Corpus, Outcome, Plan, Report};

use super::{HandlerFlags, candidate, on_a_runtime};
use crate::wiring;

#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// A `.wasm` file, or the name of a built-in handler.
    #[arg(value_name = "FILE|NAME")]
    handler: PathBuf,
    /// A folder of files to try it with; those that it takes by their extension are used.
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// A folder for the uploads of failed cases [default: none is kept].
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Prints the report as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    flags: HandlerFlags,
}

/// Tests a handler, and fails when it fails.
pub(crate) fn test(args: TestArgs) -> anyhow::Result<()> {
    let json = args.json;
    let report = on_a_runtime(move || report(args))?;
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        print(&mut out, &report)?;
    }
    match report.count(Outcome::Failed) {
        0 => Ok(()),
        failed => bail!("{failed} of {} checks failed", report.checks.len()),
    }
}

fn report(args: TestArgs) -> anyhow::Result<Report> {
    let settings = args.flags.settings()?;
    let loader = wiring::loader(&settings, args.flags.compile_cache()?)?;
    let candidate = candidate(&args.handler, &settings)?;
    let corpus = args
        .corpus
        .map(|folder| Corpus::open(&folder).with_context(|| format!("{}", folder.display())));
    let plan = Plan {
        corpus: corpus.transpose()?,
        keep: args.keep,
    };
    Ok(conformance::test(&loader, &candidate, &plan))
}

fn print(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    if let Some(handler) = &report.handler {
        writeln!(
            out,
            "{} {}  {}\n",
            handler.name, handler.version, handler.sha256
        )?;
    }
    writeln!(
        out,
        "{:<26} {:<8} {:>6}  DETAIL",
        "CHECK", "RESULT", "CASES"
    )?;
    for check in &report.checks {
        print_check(out, check)?;
    }
    print_peaks(out, report)?;
    writeln!(
        out,
        "\n{} passed, {} failed, {} skipped",
        report.count(Outcome::Passed),
        report.count(Outcome::Failed),
        report.count(Outcome::Skipped)
    )?;
    if report.checks.iter().any(has_lost_uploads) {
        writeln!(out, "The uploads of failed cases are kept with --keep DIR.")?;
    }
    Ok(())
}

/// Tells whether there are cases that the user cannot try again without more ado.
fn has_lost_uploads(check: &Check) -> bool {
    check.cases > 1 && check.failures.iter().any(|failure| failure.kept.is_none())
}

fn print_check(out: &mut impl Write, check: &Check) -> anyhow::Result<()> {
    let result = match check.outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "FAILED",
        Outcome::Skipped => "skipped",
    };
    let line = format!(
        "{:<26} {result:<8} {:>6}  {}",
        check.name, check.cases, check.detail
    );
    writeln!(out, "{}", line.trim_end())?;
    for failure in &check.failures {
        writeln!(out, "    {}", failure.case)?;
        writeln!(out, "        {}", failure.problem)?;
        if let Some(kept) = &failure.kept {
            writeln!(out, "        the upload is in {}", kept.display())?;
        }
    }
    Ok(())
}

/// The most that any run took, beside what it may take.
fn print_peaks(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    let Some(budgets) = &report.budgets else {
        return Ok(());
    };
    let peaks = report.peaks;
    let mebibytes = |bytes: u64| bytes.div_ceil(1 << 20);
    writeln!(
        out,
        "\n{:<26} {:>10} {:>10}",
        "MOST OF ANY RUN", "TAKEN", "BUDGET"
    )?;
    for (name, taken, budget) in [
        (
            "memory, MiB",
            mebibytes(peaks.memory_bytes),
            budgets.memory_mib,
        ),
        (
            "time, ms",
            peaks.elapsed_us.div_ceil(1_000),
            budgets.deadline_ms,
        ),
        ("read, MiB", mebibytes(peaks.read_bytes), budgets.read_mib),
        ("read calls", peaks.read_calls, budgets.read_calls),
    ] {
        writeln!(out, "{name:<26} {taken:>10} {budget:>10}")?;
    }
    Ok(())
}
