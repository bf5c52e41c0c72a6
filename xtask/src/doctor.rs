//! Which toolchains are here, and how to get those that aren't.

use crate::{run, tools};

pub(crate) fn doctor(arguments: &[&str]) -> Result<(), String> {
    let live = match arguments {
        [] => false,
        ["--live"] => true,
        _ => return Err("usage: cargo xtask doctor [--live]".to_owned()),
    };
    for tool in tools::ALL {
        match tool.find() {
            Some(version) => println!("  here     {:9} {version}", tool.name),
            None => println!("  missing  {:9} for {}: {}", tool.name, tool.purpose, tool.remedy),
        }
    }
    if live {
        println!();
        run::example("doctor", &[])?;
    }
    Ok(())
}
