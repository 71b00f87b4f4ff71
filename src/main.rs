//! The front door: hands arguments and streams in, takes the exit code out.

use resonote::cli::{World, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr());
    run(std::env::args_os(), &World::of_this_process(), &mut out, &mut err).into()
}
