//! One set of scenarios for all languages, and what comes of it as a table.

use crate::run::{self, command, target};

/// Starts the agents of the languages and the driver that asks them.
pub(crate) fn test() -> Result<(), String> {
    const AGENTS: &str = "tests/conformance/agents";
    let packages = ["--package", "devin-v2-conformance", "--package", "devin-v2-conformance-rust"];
    run::run(run::cargo().args(["build", "--quiet"]).args(packages))?;
    let programs = target().join("debug");
    let python = crate::python::installed()?;
    let node = crate::node::installed()?;
    let kotlin = crate::kotlin::agent()?;
    let swift = crate::swift::agent()?;
    let mut conformance = command(programs.join("devin-v2-conformance"));
    conformance.arg("--results").arg(target().join("conformance.json"));
    conformance.arg("rust").arg(programs.join("devin-v2-conformance-rust"));
    for kind in ["sync", "async"] {
        let agent = format!("{AGENTS}/python.py");
        conformance.args(["--", &format!("python-{kind}")]).arg(&python).args(["-P", &agent, kind]);
    }
    conformance.args(["--", "node", "node"]).arg(format!("{AGENTS}/node.mjs")).arg(&node);
    conformance.arg("bindings/node/test/calls.json");
    conformance.args(["--", "kotlin", "java", "--class-path"]).arg(kotlin.join("*")).arg("AgentKt");
    conformance.args(["--", "swift"]).arg(swift.get_program()).args(swift.get_args());
    run::run(&mut conformance)
}
