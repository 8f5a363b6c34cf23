use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use thumbnailify_host::sandbox::Effort;

use crate::commands::{self, dlq, handler};
use crate::settings::{Flags, Role};
use crate::wiring;

/// Makes thumbnails of uploads; every upload is parsed by a WebAssembly handler in a sandbox.
#[derive(Debug, Parser)]
#[command(name = "thumbnailify", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the API and a worker in one process, on embedded backends unless told otherwise.
    Serve(RoleArgs),
    /// Runs the HTTP API alone, in front of NATS and Redis.
    Api(RoleArgs),
    /// Runs a worker alone, behind NATS and Redis.
    Worker(RoleArgs),
    /// Asks a process of this machine whether it is ready, and fails when it is not.
    Health(HealthArgs),
    /// Looks into the letters of jobs that were given up, and tries images again.
    #[command(subcommand)]
    Dlq(DlqCommand),
    /// Shows how a system stands and what crashes left behind, and mends it if asked to. Fails while something is out
    /// of order. A `serve` on the embedded database must be stopped for that.
    Doctor(DoctorArgs),
    /// Looks at handlers, tries them out and starts new ones, without any server.
    #[command(subcommand)]
    Handler(HandlerCommand),
    /// Compiles a component from standard input to standard output. For this program's own use.
    #[command(name = wiring::COMPILE_COMMAND, hide = true)]
    CompileHandler {
        /// How much address space the process may take.
        memory_mib: u32,
        /// How many seconds of CPU time.
        cpu_s: u32,
        /// `quick` or `full`.
        effort: Effort,
    },
}

#[derive(Debug, Args)]
struct RoleArgs {
    /// The configuration file [default: ./thumbnailify.toml, where there is one].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Prints the settings that would be used, as a configuration file, and ends.
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, Args)]
struct HealthArgs {
    /// The configuration file of the process [default: ./thumbnailify.toml, where there is one].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, Args)]
struct DoctorArgs {
    /// Mends what is out of order.
    #[arg(long)]
    repair: bool,
    /// The configuration file of the system [default: ./thumbnailify.toml, where there is one].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, Subcommand)]
enum DlqCommand {
    /// Lists the dead letters, the oldest first.
    List(dlq::ListArgs),
    /// Shows one of them with its history.
    Show(dlq::ShowArgs),
    /// Queues images once more, with a fresh budget of attempts, and removes their letters.
    Retry(dlq::RetryArgs),
    /// Removes letters and leaves the images as they are.
    Drop(dlq::DropArgs),
}

#[derive(Debug, Subcommand)]
enum HandlerCommand {
    /// Lists the handlers, those in the folder among them.
    List(handler::ListArgs),
    /// Shows what a handler is, takes and imports.
    Inspect(handler::InspectArgs),
    /// Makes one thumbnail of one file.
    Run(handler::RunArgs),
    /// Tests a handler with rubbish, with files and with damaged files.
    Test(handler::TestArgs),
    /// Makes a pair of keys to sign handlers with, as minisign does.
    Keygen(handler::KeygenArgs),
    /// Signs a handler into FILE.wasm.minisig.
    Sign(handler::SignArgs),
    /// Tells whether a handler is signed with a trusted key.
    Verify(handler::VerifyArgs),
    /// Writes the project of a new handler, ready to be built.
    New(handler::NewArgs),
    /// Makes a handler of what a compiler has made: a component of a core module.
    Wrap(handler::WrapArgs),
    /// Writes the contract as code of a language.
    #[command(subcommand)]
    Bindings(handler::BindingsCommand),
}

/// Runs the program with the arguments of the process.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let ended = match cli.command {
        Command::Serve(args) => role(Role::Serve, &args),
        Command::Api(args) => role(Role::Api, &args),
        Command::Worker(args) => role(Role::Worker, &args),
        Command::Health(args) => health(&args),
        Command::Dlq(DlqCommand::List(args)) => dlq::list(&args),
        Command::Dlq(DlqCommand::Show(args)) => dlq::show(&args),
        Command::Dlq(DlqCommand::Retry(args)) => dlq::retry(&args),
        Command::Dlq(DlqCommand::Drop(args)) => dlq::drop(&args),
        Command::Doctor(args) => doctor(&args),
        Command::CompileHandler {
            memory_mib,
            cpu_s,
            effort,
        } => commands::compile_handler(memory_mib, cpu_s, effort),
        Command::Handler(HandlerCommand::List(args)) => handler::list(args),
        Command::Handler(HandlerCommand::Inspect(args)) => handler::inspect(args),
        Command::Handler(HandlerCommand::Run(args)) => handler::run(args),
        Command::Handler(HandlerCommand::Test(args)) => handler::test(args),
        Command::Handler(HandlerCommand::Keygen(args)) => handler::keygen(&args),
        Command::Handler(HandlerCommand::Sign(args)) => handler::sign(&args),
        Command::Handler(HandlerCommand::Verify(args)) => handler::verify(&args),
        Command::Handler(HandlerCommand::New(args)) => handler::new(&args),
        Command::Handler(HandlerCommand::Wrap(args)) => handler::wrap(&args),
        Command::Handler(HandlerCommand::Bindings(command)) => handler::bindings(&command),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the program's last words to the person who started it"
)]
fn report(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}

fn role(role: Role, args: &RoleArgs) -> anyhow::Result<()> {
    let loaded = crate::settings::load(role, args.config.as_deref(), &args.flags)?;
    if args.print_config {
        return commands::print_config(&loaded.settings);
    }
    commands::roles::run(role, loaded)
}

fn health(args: &HealthArgs) -> anyhow::Result<()> {
    let loaded = crate::settings::load(Role::Serve, args.config.as_deref(), &args.flags)?;
    commands::health(loaded.settings.listen)
}

fn doctor(args: &DoctorArgs) -> anyhow::Result<()> {
    let loaded = crate::settings::load(Role::Serve, args.config.as_deref(), &args.flags)?;
    crate::logging::start(&loaded.settings.log)?;
    let repair = if args.repair {
        commands::Repair::Yes
    } else {
        commands::Repair::No
    };
    commands::doctor(&loaded.settings, repair)
}
