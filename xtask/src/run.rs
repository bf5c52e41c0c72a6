//! Running programs, always from the workspace's root and always shown.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Cargo's target folder, in which tools of other languages are kept too.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A command of the workspace's root.
pub(crate) fn command(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program.as_ref());
    command.current_dir(root());
    // Cargo has them lead to what is built for development, which would be loaded in place of what is packed.
    command.env_remove("LD_LIBRARY_PATH").env_remove("DYLD_FALLBACK_LIBRARY_PATH");
    command
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> Command {
    command(std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from))
}

/// Shows and runs `command`; an error if it fails.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let shown = show(command);
    println!("\n$ {shown}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("failed ({status}): {shown}")),
        Err(error) => Err(format!("can't be run ({error}): {shown}")),
    }
}

/// `command` as one would type it.
fn show(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    let words: Vec<_> = std::iter::once(program.to_string_lossy()).chain(arguments).collect();
    words.join(" ")
}

/// The compiler of the OpenAPI document.
pub(crate) fn codegen(arguments: &[&str]) -> Result<(), String> {
    succeed(cargo().args(["run", "--quiet", "--package", "devin-v2-codegen", "--"]).args(arguments))
}

/// An example of the SDK.
pub(crate) fn example(name: &str, arguments: &[&str]) -> Result<(), String> {
    succeed(
        cargo().args(["run", "--quiet", "--package", "devin-v2", "--example", name, "--"]).args(arguments),
    )
}

/// Runs a program that says itself what went wrong.
fn succeed(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(String::new()),
        Err(error) => Err(format!("can't be run ({error}): {}", show(command))),
    }
}

/// Copies a file, or what is in a folder.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let from = &root().join(from);
    let failed = |error: std::io::Error| format!("{} to {}: {error}", from.display(), to.display());
    if from.is_file() {
        let folder = to.parent().map_or(Ok(()), std::fs::create_dir_all);
        return folder.and_then(|()| std::fs::copy(from, to)).map(|_| ()).map_err(failed);
    }
    std::fs::create_dir_all(to).map_err(failed)?;
    for entry in std::fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// A server that ends when this value does.
pub(crate) struct Server {
    child: Child,
    /// The first line that it printed.
    pub(crate) ready: String,
}

impl Server {
    /// Starts `command` and waits for the first line of its standard output that holds `mark`.
    pub(crate) fn start(command: &mut Command, mark: &str) -> Result<Self, String> {
        use std::io::{BufRead, BufReader};
        let shown = show(command);
        println!("\n$ {shown} &");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("can't be run ({error}): {shown}"))?;
        let output = child.stdout.take().ok_or("the server has no standard output")?;
        let mut lines = BufReader::new(output).lines();
        for line in lines.by_ref() {
            let line = line.map_err(|error| format!("{shown}: {error}"))?;
            if line.contains(mark) {
                // What it prints from now on is read, so that it never waits for a reader.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Self { child, ready: line });
            }
        }
        let _ = child.wait();
        Err(format!("ended before it was ready: {shown}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
