//! The runtime under all calls, one per process: a forked child makes its own, since threads don't survive a fork.

use std::cell::Cell;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::error::ours;

/// How long a blocked call leaves a signal (Ctrl-C) unanswered at most.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);

/// How long the runtime is driven on after work in the background, so that connections which it left are closed.
const AFTERWARDS: Duration = Duration::from_secs(1);

/// How long the end of the interpreter waits for threads that are just coming back to it.
const LAST_CALLS: Duration = Duration::from_secs(2);

/// Whether the interpreter is ending: a thread that comes back to it then would end the process with an error.
static ENDING: AtomicBool = AtomicBool::new(false);

/// The thread that ends the interpreter, once it does. It alone goes on.
static LAST: OnceLock<ThreadId> = OnceLock::new();

/// Threads that are coming back to the interpreter.
static COMING_BACK: AtomicUsize = AtomicUsize::new(0);

/// How many forks lie between the first process and this one.
static GENERATION: AtomicU64 = AtomicU64::new(0);

/// This process's engine, which is never dropped: a runtime waits for its threads when it is, and a forked child has
/// none of them. Locked for moments only, and by threads that are attached to the interpreter: a fork, which such a
/// thread starts, never finds it locked.
static ENGINE: Mutex<Option<&'static Engine>> = Mutex::new(None);

/// A runtime that is driven by the threads that wait for it. Their calls change threads nowhere between Python and the
/// socket, which is where most of the time of a small call would go.
struct Engine {
    runtime: Runtime,
    /// What wants the runtime driven while no thread waits.
    background: watch::Sender<usize>,
    has_driver: AtomicBool,
}

/// A panic while holding one of our locks leaves nothing half done: each guards a single value.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Called in a forked child: what the parent's threads held is theirs, and is left alone.
#[pyfunction]
pub(crate) fn forked() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
    COMING_BACK.store(0, Ordering::SeqCst);
    *lock(&ENGINE) = None;
}

fn no_threads(py: Python<'_>, error: std::io::Error) -> PyErr {
    ours(py, "connect", None, &format!("no thread for network calls: {error}"))
}

fn engine(py: Python<'_>) -> PyResult<&'static Engine> {
    // An exception is made behind the lock: Python may let other threads go on meanwhile.
    made().map_err(|error| no_threads(py, error))
}

fn made() -> std::io::Result<&'static Engine> {
    let mut engine = lock(&ENGINE);
    if let Some(engine) = *engine {
        return Ok(engine);
    }
    let made = Engine {
        runtime: Builder::new_current_thread().enable_all().build()?,
        background: watch::Sender::new(0),
        has_driver: AtomicBool::new(false),
    };
    Ok(engine.insert(Box::leak(Box::new(made))))
}

impl Engine {
    /// Drives the runtime while there is work in the background.
    fn drive(&self) {
        let mut background = self.background.subscribe();
        loop {
            // The sender is as immortal as the engine.
            let _ = self.runtime.handle().block_on(background.wait_for(|uses| *uses > 0));
            self.runtime.block_on(async {
                while *background.borrow_and_update() > 0 {
                    let _ = background.wait_for(|uses| *uses == 0).await;
                    sleep(AFTERWARDS).await;
                }
            });
        }
    }
}

/// Work that goes on while no thread waits for it. As long as there is one of these, a thread of ours drives the
/// runtime.
pub(crate) struct Background(&'static Engine);

impl Background {
    pub(crate) fn new(py: Python<'_>) -> PyResult<Self> {
        let engine = engine(py)?;
        if !engine.has_driver.swap(true, Ordering::Relaxed) {
            let thread = thread::Builder::new().name("devin-v2".to_owned());
            if let Err(error) = thread.spawn(|| engine.drive()) {
                engine.has_driver.store(false, Ordering::Relaxed);
                return Err(no_threads(py, error));
            }
        }
        engine.background.send_modify(|uses| *uses += 1);
        Ok(Self(engine))
    }

    /// The runtime, to give it tasks.
    pub(crate) fn runtime(&self) -> &Handle {
        self.0.runtime.handle()
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.0.background.send_modify(|uses| *uses -= 1);
    }
}

/// A value that belongs to the process that made it: in a forked child it is neither used nor dropped.
pub(crate) struct Owned<T> {
    generation: u64,
    value: Option<T>,
}

impl<T> Owned<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { generation: GENERATION.load(Ordering::Relaxed), value: Some(value) }
    }

    /// The value, in the process that made it.
    pub(crate) fn get(&self) -> Option<&T> {
        self.value.as_ref().filter(|_| self.generation == GENERATION.load(Ordering::Relaxed))
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        if self.get().is_none() {
            std::mem::forget(self.value.take());
        }
    }
}

/// Called when all exit handlers have run, by the thread that ends the interpreter: from now on, no other thread of ours
/// comes back to it.
#[pyfunction]
pub(crate) fn shut_down(py: Python<'_>) {
    let _ = LAST.set(thread::current().id());
    ENDING.store(true, Ordering::SeqCst);
    let since = Instant::now();
    py.detach(|| {
        while COMING_BACK.load(Ordering::SeqCst) > 0 && since.elapsed() < LAST_CALLS {
            thread::sleep(Duration::from_millis(1));
        }
    });
}

/// Leave to come back to the interpreter, which waits for its end while it is held.
pub(crate) struct ComingBack(());

impl ComingBack {
    /// `None` once the interpreter is ending.
    pub(crate) fn new() -> Option<Self> {
        COMING_BACK.fetch_add(1, Ordering::SeqCst);
        let leave = Self(());
        (!ENDING.load(Ordering::SeqCst)).then_some(leave)
    }
}

impl Drop for ComingBack {
    fn drop(&mut self) {
        COMING_BACK.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Whether this is the thread that gets Python's signals. The one that ends the interpreter counts as such.
fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    thread_local! {
        /// The generation in which it was found out, and what.
        static KNOWN: Cell<Option<(u64, bool)>> = const { Cell::new(None) };
    }
    // Modules may be gone by now.
    if let Some(last) = LAST.get() {
        return Ok(*last == thread::current().id());
    }
    // After a fork, the thread that forked is the main one.
    let generation = GENERATION.load(Ordering::Relaxed);
    if let Some((known, is_main)) = KNOWN.get()
        && known == generation
    {
        return Ok(is_main);
    }
    let threading = py.import("threading")?;
    let main = threading.call_method0("main_thread")?.getattr("ident")?;
    let is_main = main.eq(threading.call_method0("get_ident")?)?;
    KNOWN.set(Some((generation, is_main)));
    Ok(is_main)
}

/// Waits for `future` on this thread, detached from the interpreter; Ctrl-C drops it and is raised at once.
pub(crate) fn wait<T: Send>(py: Python<'_>, future: impl Future<Output = T> + Send) -> PyResult<T> {
    let runtime = &engine(py)?.runtime;
    if is_main_thread(py)? {
        let mut future = pin!(future);
        loop {
            // Attached in between, by the way that also holds while the interpreter ends. What handles a signal may
            // make calls, so that the runtime is left for it.
            let waited =
                py.detach(|| runtime.block_on(async { timeout(SIGNAL_INTERVAL, &mut future).await }));
            match waited {
                Ok(value) => return Ok(value),
                Err(_) => py.check_signals()?,
            }
        }
    }
    let (value, leave) = py.detach(|| {
        let value = runtime.block_on(future);
        match ComingBack::new() {
            Some(leave) => (value, leave),
            None => rest(),
        }
    });
    drop(leave);
    Ok(value)
}

/// Where a daemon thread stays whose interpreter is ending: it ends with the process, as Python's own do.
fn rest() -> ! {
    loop {
        thread::park();
    }
}

/// Lets every thread rest but the one that ends the interpreter. An error would be printed in the middle of the
/// program's end.
pub(crate) fn rest_unless_main(py: Python<'_>) -> PyResult<()> {
    if is_main_thread(py)? { Ok(()) } else { py.detach(|| rest()) }
}
