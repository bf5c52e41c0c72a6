//! The emulator as a program. See `--help`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    devin_v2_emulator::run_program(std::env::args().skip(1))
}
