//! The npm package: built, packed, installed and tested as its users get it.

use std::path::{Path, PathBuf};

use crate::dist::CONSUMERS;
use crate::run::{self, command, target};
use crate::test::Emulator;
use crate::tools;
use crate::version::VERSION;

/// The package's sources, from the workspace's root.
const PACKAGE: &str = "bindings/node";

/// Builds, packs and installs the package, and tests what was installed.
pub(crate) fn test() -> Result<(), String> {
    let tools = compile()?;
    let tarballs = pack()?;
    let project = project("test", &tarballs)?;
    // Copied into the project, so that they find the package where its users would.
    for folder in ["test", "examples"] {
        run::copy(&Path::new(PACKAGE).join(folder), &project.join(folder))?;
    }
    // One by one: Node would take the programs that tests start for tests, too.
    let tests = std::fs::read_dir(project.join("test")).map_err(|error| format!("test: {error}"))?;
    let mut tests: Vec<PathBuf> = tests
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().contains(".test."))
        .collect();
    tests.sort();
    run::run(node(&project).args(["--test", "--test-concurrency=2", "--test-reporter=dot"]).args(tests))?;
    runners(&tarballs)?;
    types(&tools, &project, &tarballs)?;
    other_documents(&tools)
}

/// Test runners that load the package, or the tests, into a realm of their own.
fn runners(tarballs: &[PathBuf]) -> Result<(), String> {
    let source = run::root().join(PACKAGE).join("test/projects");
    let modules = tools::node_environment("node-runners", &source)?.join("node_modules");
    let project = project("runners", tarballs)?;
    run::copy(&modules, &project.join("node_modules"))?;
    for name in ["jest", "vitest", "realm.cjs", "jest.config.cjs", "vitest.config.mjs"] {
        run::copy(&source.join(name), &project.join(name))?;
    }
    let bin = Path::new("node_modules");
    run::run(node(&project).arg(bin.join("jest/bin/jest.js")))?;
    for pool in ["forks", "threads", "vmThreads"] {
        run::run(node(&project).arg(bin.join("vitest/vitest.mjs")).args(["run", "--pool", pool]))?;
    }
    Ok(())
}

/// The package beside what users would pick instead, in one run.
pub(crate) fn bench() -> Result<(), String> {
    compile()?;
    let project = project("bench", &pack()?)?;
    let peers = run::root().join("tests/peers/node");
    let modules = tools::node_environment("node-peers", &peers)?.join("node_modules");
    run::copy(&modules, &project.join("node_modules"))?;
    run::run(run::cargo().args(["build", "--release", "--package", "devin-v2-peers"]))?;
    let mut bench = command("node");
    bench.arg("tests/peers/node/bench.mjs").arg("--server").arg(target().join("release/devin-v2-peers"));
    run::run(bench.arg("--project").arg(&project))
}

/// A project that has the package, for the scenarios that all languages pass.
pub(crate) fn installed() -> Result<PathBuf, String> {
    compile()?;
    project("conformance", &pack()?)
}

/// Leaves the tarballs in `out`, and has an empty project use them, by `import` and by `require`.
pub(crate) fn dist(out: &Path, server: &Emulator) -> Result<(), String> {
    compile()?;
    let tarballs = pack()?;
    for tarball in &tarballs {
        run::copy(tarball, &out.join(tarball.file_name().unwrap_or_default()))?;
    }
    let project = project("consumer", &tarballs)?;
    for program in ["consumer.mjs", "consumer.cjs"] {
        run::copy(&Path::new(CONSUMERS).join("node").join(program), &project.join(program))?;
        run::run(server.account(node(&project).arg(program)))?;
    }
    Ok(())
}

/// Makes JavaScript of the TypeScript half; gives the folder of the tools that do.
fn compile() -> Result<PathBuf, String> {
    let tools = tools::node_environment("node-package", &run::root().join(PACKAGE))?;
    let out = run::root().join(PACKAGE).join("dist");
    let _ = std::fs::remove_dir_all(&out);
    run::run(tsc(&tools).args(["--project", "bindings/node/tsconfig.json", "--outDir"]).arg(out))?;
    Ok(tools)
}

fn tsc(tools: &Path) -> std::process::Command {
    let mut tsc = command(tools.join("node_modules/.bin/tsc"));
    tsc.arg("--typeRoots").arg(tools.join("node_modules/@types"));
    tsc
}

/// The tarballs of the package and of its native half.
fn pack() -> Result<Vec<PathBuf>, String> {
    let packages = ["--package", "devin-v2-node", "--package", "devin-v2-node-emulator"];
    run::run(run::cargo().args(["build", "--locked", "--profile", "dist-fast"]).args(packages))?;
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let native = target().join("node/native");
    let folder = native.join(platform());
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for name in ["devin_v2_node", "devin_v2_node_emulator"] {
        let file = format!("{prefix}{name}{suffix}");
        run::copy(&target().join("dist-fast").join(&file), &folder.join(&file))?;
    }
    let out = target().join("node/packages");
    run::run(command("node").args(["bindings/node/pack.mjs", VERSION]).arg(native).arg(&out))?;
    let found = std::fs::read_dir(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    let mut tarballs: Vec<PathBuf> = found
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tgz"))
        .collect();
    // The package itself first: its name is the others' beginning.
    tarballs.sort_by_key(|path| path.file_name().map_or(0, |name| name.len()));
    Ok(tarballs)
}

/// What npm calls this platform.
fn platform() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let library = match (system, cfg!(target_env = "musl")) {
        ("linux", true) => "-musl",
        ("linux", false) => "-gnu",
        ("win32", _) => "-msvc",
        _ => "",
    };
    format!("{system}-{processor}{library}")
}

/// An empty project with the packed packages installed.
fn project(name: &str, tarballs: &[PathBuf]) -> Result<PathBuf, String> {
    let folder = target().join("node").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let description = folder.join("package.json");
    std::fs::write(&description, "{ \"private\": true }\n")
        .map_err(|error| format!("{}: {error}", description.display()))?;
    let mut npm = command("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&folder).args(tarballs);
    run::run(npm.current_dir(&folder))?;
    Ok(folder)
}

/// Node in a project, without the keys and proxies of the machine.
fn node(project: &Path) -> std::process::Command {
    let mut node = command("node");
    node.current_dir(project);
    for name in ["DEVIN_V2_API_KEY", "DEVIN_API_KEY", "DEVIN_V2_BASE_URL", "DEVIN_BASE_URL"] {
        node.env_remove(name);
    }
    node
}

/// Types as users' programs see them, and what packages often get wrong.
fn types(tools: &Path, project: &Path, tarballs: &[PathBuf]) -> Result<(), String> {
    let own = [
        "--noEmit",
        "--strict",
        "--exactOptionalPropertyTypes",
        "--target",
        "es2022",
        "--module",
        "nodenext",
        "--types",
        "node",
    ];
    for file in ["test/types/usage.mts", "test/types/usage.cts"] {
        run::run(tsc(tools).args(own).arg(project.join(file)))?;
    }
    // With browsers' types in place of Node's, too.
    let mut plain = command(tools.join("node_modules/.bin/tsc"));
    plain.args(["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext"]);
    plain.args(["--lib", "es2022,dom,esnext.disposable", "--typeRoots"]).arg(target().join("node/no-types"));
    run::run(plain.arg(project.join("test/types/usage.mts")))?;
    let tool = |name: &str| command(tools.join("node_modules/.bin").join(name));
    let package = tarballs.first().ok_or("nothing was packed")?;
    run::run(tool("attw").args(["--profile", "node16"]).arg(package))?;
    run::run(tool("publint").args(["run", "--strict"]).arg(package))
}

/// What is generated from documents of other shapes has to be a package too.
fn other_documents(tools: &Path) -> Result<(), String> {
    let documents = run::root().join("xtask/codegen/tests/documents");
    let found = std::fs::read_dir(&documents).map_err(|error| format!("{}: {error}", documents.display()))?;
    for document in found.filter_map(Result::ok).map(|entry| entry.path()) {
        let out = target().join("node/documents").join(document.file_stem().unwrap_or_default());
        let _ = std::fs::remove_dir_all(&out);
        run::codegen(&["--spec", &document.to_string_lossy(), "--out", &out.to_string_lossy()])?;
        let package = out.join(PACKAGE);
        let source = run::root().join(PACKAGE);
        for entry in std::fs::read_dir(source.join("lib")).into_iter().flatten().filter_map(Result::ok) {
            if entry.path().is_file() {
                run::copy(&entry.path(), &package.join("lib").join(entry.file_name()))?;
            }
        }
        for file in ["package.json", "tsconfig.json"] {
            run::copy(&source.join(file), &package.join(file))?;
        }
        run::run(tsc(tools).arg("--noEmit").arg("--project").arg(package.join("tsconfig.json")))?;
    }
    Ok(())
}
