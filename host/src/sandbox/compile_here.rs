use std::io::{self, Read, Write};

use rustix::process::{Resource, Rlimit, Signal};
use thumbnailify_core::LoadFaultKind;
use wasmtime::{Engine, OptLevel, RegallocAlgorithm};

use super::effort::Effort;
use super::engine::base_config;
use crate::{Error, Result};

/// How much the compiler steps back behind the jobs that run.
const NICENESS: i32 = 10;

/// Compiles the component on standard input to machine code on standard output, in this process, which
/// limits itself to so much address space and CPU time first. The work of [`super::Compiler`]'s child.
///
/// # Errors
/// The component is not valid, or the process may not limit itself.
pub fn compile_here(memory_mib: u32, cpu_s: u32, effort: Effort) -> Result<()> {
    limit_this_process(memory_mib, cpu_s).map_err(|error| Error::Setup(error.into()))?;
    compile(effort, &mut io::stdin().lock(), &mut io::stdout().lock())
        .map_err(|error| Error::not_a_handler(LoadFaultKind::NotCompiled, format!("{error:#}")))
}

fn compile(effort: Effort, input: &mut impl Read, output: &mut impl Write) -> wasmtime::Result<()> {
    let mut wasm = Vec::new();
    input.read_to_end(&mut wasm)?;
    // Memory pools are for running; the machine code is the same without them.
    let mut config = base_config();
    if effort == Effort::Quick {
        // Neither changes what the code does, nor what it needs of the engine that runs it.
        config
            .cranelift_opt_level(OptLevel::None)
            .cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
    }
    let engine = Engine::new(&config)?;
    let compiled = engine.precompile_component(&wasm)?;
    output.write_all(&compiled)?;
    Ok(output.flush()?)
}

fn limit_this_process(memory_mib: u32, cpu_s: u32) -> io::Result<()> {
    // Nobody would wait for the machine code of a process whose parent is gone.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::process::nice(NICENESS)?;
    let bytes = u64::from(memory_mib) << 20;
    let both = |bytes| Rlimit {
        current: Some(bytes),
        maximum: Some(bytes),
    };
    rustix::process::setrlimit(Resource::As, both(bytes))?;
    // Machine code is a few times as large as the component; a disk must not be filled with it.
    rustix::process::setrlimit(Resource::Fsize, both(bytes))?;
    // The signal that tells of it comes a second before the one that only kills.
    let cpu = Rlimit {
        current: Some(cpu_s.into()),
        maximum: Some(u64::from(cpu_s) + 1),
    };
    rustix::process::setrlimit(Resource::Cpu, cpu)?;
    rustix::process::setrlimit(Resource::Core, both(0))?;
    Ok(())
}
