//! The runtime under all calls, one per process: a forked child makes its own, since threads don't survive a fork.

use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::runtime::{Builder, Handle, Runtime};

/// How long a blocked call leaves a signal (Ctrl-C) unanswered at most.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);

/// How many forks lie between the first process and this one.
static GENERATION: AtomicU64 = AtomicU64::new(0);

/// This process's runtime. Locked for moments only, and by threads that are attached to the interpreter: a fork, which
/// such a thread starts, never finds it locked.
static RUNTIME: Mutex<Option<ManuallyDrop<Runtime>>> = Mutex::new(None);

/// A panic while holding one of our locks leaves nothing half done: each guards a single value.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Called in a forked child: what the parent's threads held is theirs, and is left alone.
#[pyfunction]
pub(crate) fn forked() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
    // Not dropped: a runtime waits for its threads when it is, and they aren't in this process.
    *lock(&RUNTIME) = None;
}

/// The runtime of this process.
pub(crate) fn runtime() -> PyResult<Handle> {
    let mut runtime = lock(&RUNTIME);
    if let Some(runtime) = &*runtime {
        return Ok(runtime.handle().clone());
    }
    // One worker: it only moves bytes. Work on rows is done by the threads that ask for them.
    let made = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("devin-v2")
        .enable_all()
        .build()
        .map_err(|error| PyRuntimeError::new_err(format!("no thread for network calls: {error}")))?;
    let handle = made.handle().clone();
    *runtime = Some(ManuallyDrop::new(made));
    Ok(handle)
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

/// Waits for `future` on this thread, detached from the interpreter; Ctrl-C drops it and is raised at once.
pub(crate) fn wait<T: Send>(py: Python<'_>, future: impl Future<Output = T> + Send) -> PyResult<T> {
    let runtime = runtime()?;
    py.detach(|| {
        runtime.block_on(async {
            let mut future = std::pin::pin!(future);
            loop {
                match tokio::time::timeout(SIGNAL_INTERVAL, &mut future).await {
                    Ok(value) => return Ok(value),
                    Err(_) => Python::attach(|py| py.check_signals())?,
                }
            }
        })
    })
}
