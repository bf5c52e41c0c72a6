//! The Swift package: tested, and its example built, by the Swift of this machine or by one of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::dist::CONSUMERS;
use crate::run::{self, command, target};
use crate::test::Emulator;
use crate::tools;
use crate::version::VERSION;

/// Where the package is, from the workspace's root.
const PACKAGE: &str = "bindings/swift";

/// Where its part in the scenarios is.
const AGENT: &str = "tests/conformance/agents/swift/Agent";

/// What of Debian's next release Swift needs.
const PACKAGES: &[&str] = &["swiftlang", "libc6-dev", "libstdc++-14-dev", "git"];

/// Tests the package and runs its example on it.
pub(crate) fn test() -> Result<(), String> {
    run::run(run::cargo().args(["build", "--quiet", "--package", "devin-v2-emulator"]))?;
    let swift = Swift::get(run::root(), native(&["debug/devin-v2-emulator"])?)?;
    swift.lint()?;
    swift.run(&["swift", "test"], PACKAGE, "test", &[])?;
    // By themselves: other tests would use memory meanwhile.
    let leaks = [("DEVIN_V2_LEAKS", "1")];
    swift.run(&["swift", "test", "--filter", "LeakTests"], PACKAGE, "test", &leaks)?;
    // The optimiser finds what the compiler alone doesn't.
    swift.run(&["swift", "build", "--configuration", "release"], PACKAGE, "release", &[])?;
    let server = Emulator::start()?;
    let account = [("DEVIN_V2_BASE_URL", server.url.as_str()), ("DEVIN_V2_API_KEY", server.key.as_str())];
    let run = ["swift", "run"];
    swift.run(&run, &format!("{PACKAGE}/Examples/Consumption"), "example", &account)
}

/// The package beside what users would pick instead.
pub(crate) fn bench() -> Result<(), String> {
    run::run(run::cargo().args(["build", "--release", "--package", "devin-v2-peers"]))?;
    let swift = Swift::get(run::root(), native(&["release/devin-v2-peers"])?)?;
    swift.run(&["swift", "run", "--configuration", "release"], "tests/peers/swift/Bench", "bench", &[])
}

/// Leaves the package with the native library of this platform in `out`, and has an empty project use it.
pub(crate) fn dist(out: &Path, server: &Emulator) -> Result<(), String> {
    let native = native(&["debug/devin-v2-emulator"])?;
    let library = crate::uniffi::library()?;
    let project = target().join("swift/consumer");
    let _ = fs::remove_dir_all(&project);
    run::copy(&Path::new(CONSUMERS).join("swift"), &project)?;
    let name = format!("devin-v2-swift-{VERSION}");
    let package = target().join("swift/package").join(&name);
    let _ = fs::remove_dir_all(target().join("swift/package"));
    for file in ["Package.swift", "README.md", "Sources"] {
        run::copy(&Path::new(PACKAGE).join(file), &package.join(file))?;
    }
    for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
        run::copy(Path::new(file), &package.join(file))?;
    }
    run::copy(&library, &package.join("native").join(library.file_name().unwrap_or_default()))?;
    let archive = format!("{name}-{}-{}.tar.gz", std::env::consts::OS, std::env::consts::ARCH);
    let archive = out.join(archive);
    run::run(
        command("tar").arg("-czf").arg(&archive).arg("-C").arg(target().join("swift/package")).arg(&name),
    )?;
    run::unpack(&archive, &project.join("devin-v2"))?;
    let swift = Swift::get(project, native)?;
    // What comes with the package is to be found, not what was built here.
    let native = ("DEVIN_V2_NATIVE", "");
    let account = [native, ("DEVIN_V2_BASE_URL", &server.url), ("DEVIN_V2_API_KEY", &server.key)];
    swift.run(&["swift", "run"], "app", "consumer", &account)
}

/// Swift's part in the scenarios that all languages pass: built, and how it is started.
pub(crate) fn agent() -> Result<Command, String> {
    let swift = Swift::get(run::root(), native(&[])?)?;
    swift.run(&["swift", "build"], AGENT, "agent", &[])?;
    Ok(swift.program(swift.scratch("agent").join("debug/Agent")).0)
}

/// The native library and programs that were built, side by side.
fn native(programs: &[&str]) -> Result<PathBuf, String> {
    let library = crate::uniffi::library()?;
    let folder = target().join("swift/native");
    let copy = |from: &Path| fs::copy(from, folder.join(from.file_name().unwrap_or_default()));
    fs::create_dir_all(&folder)
        .and_then(|()| copy(&library))
        .and_then(|_| programs.iter().try_for_each(|program| copy(&target().join(program)).map(drop)))
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// A Swift, and where it finds things.
struct Swift {
    /// The folder of a system of its own.
    root: Option<PathBuf>,
    /// The folder with the packages that it works on.
    project: PathBuf,
    native: PathBuf,
}

impl Swift {
    /// The one of this machine, or else one in a system of its own, made if need be.
    fn get(project: PathBuf, native: PathBuf) -> Result<Self, String> {
        if tools::SWIFT.find().is_some() {
            return Ok(Self { root: None, project, native });
        }
        let root = target().join("swift/root");
        let done = root.join("installed.txt");
        let wanted = PACKAGES.join(" ");
        if !fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
            install(&root)?;
            fs::write(&done, wanted).map_err(|error| format!("{}: {error}", done.display()))?;
        }
        Ok(Self { root: Some(root), project, native })
    }

    /// Runs a command of Swift's for a package, which is only read; `scratch` is the name of a folder for what is built.
    fn run(
        &self,
        words: &[&str],
        package: &str,
        scratch: &str,
        environment: &[(&str, &str)],
    ) -> Result<(), String> {
        let (mut program, project, native) = self.program(words.first().unwrap_or(&"swift"));
        program.args(words.iter().skip(1)).arg("--package-path").arg(project.join(package));
        program.arg("--scratch-path").arg(self.scratch(scratch));
        program.env("DEVIN_V2_NATIVE", &native).env("DEVIN_V2_EMULATOR", native.join("devin-v2-emulator"));
        for name in ["DEVIN_V2_API_KEY", "DEVIN_API_KEY", "DEVIN_V2_BASE_URL", "DEVIN_BASE_URL"] {
            program.env_remove(name);
        }
        run::run(program.envs(environment.iter().copied()))
    }

    /// The folder of this name for what is built, as its programs see it.
    fn scratch(&self, name: &str) -> PathBuf {
        match &self.root {
            None => target().join("swift").join(name),
            Some(_) => Path::new("/scratch").join(name),
        }
    }

    /// Reads what is written by hand as Swift's own formatter would write it.
    fn lint(&self) -> Result<(), String> {
        let (mut program, project, _) = self.program("swift");
        let package = project.join(PACKAGE);
        program.args(["format", "lint", "--strict", "--recursive", "--configuration"]);
        program.arg(package.join(".swift-format"));
        program.args(
            ["Package.swift", "Sources/DevinV2Testing", "Tests", "Examples"].map(|path| package.join(path)),
        );
        program.args(["tests/peers/swift", "tests/consumers/swift"].map(|folder| project.join(folder)));
        program.arg(project.join(AGENT).join("Package.swift"));
        // Beside what is generated.
        for sources in [format!("{PACKAGE}/Sources/DevinV2"), format!("{AGENT}/Sources")] {
            let files =
                fs::read_dir(run::root().join(&sources)).map_err(|error| format!("{sources}: {error}"))?;
            let files = files.filter_map(Result::ok).map(|entry| Path::new(&entry.file_name()).to_owned());
            let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "swift"));
            program.args(files.map(|file| project.join(&sources).join(file)));
        }
        run::run(&mut program)
    }

    /// A program, and where it finds the project and the native half.
    fn program(&self, name: impl AsRef<Path>) -> (Command, PathBuf, PathBuf) {
        match &self.root {
            None => (command(name), self.project.clone(), self.native.clone()),
            Some(root) => {
                (inside(root, &self.project, &self.native, name), "/project".into(), "/native".into())
            }
        }
    }
}

/// Debian's Swift in a folder: it needs newer libraries than this system may have.
fn install(root: &Path) -> Result<(), String> {
    if tools::ROOT.find().is_none() {
        return Err(tools::SWIFT.remedy.to_owned());
    }
    if tools::DEBOOTSTRAP.find().is_none() {
        run::run(command("apt-get").args(["-qq", "update"]))?;
        run::run(command("apt-get").args([
            "-qq",
            "install",
            "-y",
            "--no-install-recommends",
            "debootstrap",
        ]))?;
    }
    let _ = fs::remove_dir_all(root);
    fs::create_dir_all(root).map_err(|error| format!("{}: {error}", root.display()))?;
    let mut debootstrap = command("debootstrap");
    debootstrap.args(["--variant=minbase", "--include=ca-certificates", "trixie"]).arg(root);
    run::run(debootstrap.args(mirror()))?;
    let mut script = "export DEBIAN_FRONTEND=noninteractive; apt-get -qq update && apt-get -qq install -y \
                      --no-install-recommends"
        .to_owned();
    for package in PACKAGES {
        script += &format!(" {package}");
    }
    run::run(inside(root, &run::root(), root, "sh").args(["-c", &format!("{script} && apt-get clean")]))
}

/// Where this system gets its own packages from.
fn mirror() -> Option<String> {
    let files = fs::read_dir("/etc/apt/sources.list.d").into_iter().flatten().filter_map(Result::ok);
    let files = files.map(|entry| entry.path()).chain([PathBuf::from("/etc/apt/sources.list")]);
    let text: String = files.filter_map(|path| fs::read_to_string(path).ok()).collect::<Vec<_>>().join("\n");
    let address = |line: &str| {
        let line = line.trim();
        let line = line.strip_prefix("URIs:").or_else(|| line.strip_prefix("deb "))?;
        line.split_whitespace().find(|word| word.starts_with("http")).map(str::to_owned)
    };
    text.lines().filter_map(address).find(|address| address.trim_end_matches('/').ends_with("/debian"))
}

/// A program in a system of its own. What is mounted for it is gone when it ends.
fn inside(root: &Path, project: &Path, native: &Path, program: impl AsRef<Path>) -> Command {
    const MOUNT: &str = "mkdir -p \"$1/project\" \"$1/native\" && mount -t proc proc \"$1/proc\" && mount --bind /dev \
                         \"$1/dev\" && mount --bind \"$2\" \"$1/project\" && mount -o remount,bind,ro \"$1/project\" && \
                         mount --bind \"$3\" \"$1/native\" && root=\"$1\" && shift 3 && exec chroot \"$root\" env --chdir=/project \
                         HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \"$@\"";
    let mut unshare = command("unshare");
    unshare.args(["--mount", "--propagation", "private", "sh", "-c", MOUNT, "swift"]);
    unshare.arg(root).arg(project).arg(native).arg(program.as_ref());
    unshare
}
