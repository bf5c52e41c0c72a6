//! From the runtime back into an asyncio loop. Results gather in a queue that the loop empties in one go: waking a loop
//! costs more than everything else about a small call.

use std::sync::{Arc, Mutex};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::task::AbortHandle;

use crate::process::{ComingBack, Owned, lock, runtime};

/// Makes the value that a future gets, once the interpreter is at hand.
pub(crate) type Outcome = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

/// The way into one loop.
#[pyclass(frozen, module = "devin_v2._native")]
pub(crate) struct Bridge {
    loop_: Py<PyAny>,
    queue: Arc<Mutex<Vec<Arrived>>>,
}

/// A future and what it gets.
type Arrived = (Py<PyAny>, Outcome);

#[pymethods]
impl Bridge {
    #[new]
    fn new(r#loop: Py<PyAny>) -> Self {
        Self { loop_: r#loop, queue: Arc::default() }
    }

    /// Hands all results that have come to their futures. Runs in the loop.
    fn drain(&self, py: Python<'_>) -> PyResult<()> {
        // In the loop's thread, so that nothing can be awaited between these lines.
        let arrived = std::mem::take(&mut *lock(&self.queue));
        for (future, outcome) in arrived {
            let future = future.bind(py);
            if future.call_method0("done")?.is_truthy()? {
                continue;
            }
            match outcome(py) {
                Ok(value) => future.call_method1("set_result", (value,))?,
                Err(error) => future.call_method1("set_exception", (error,))?,
            };
        }
        Ok(())
    }
}

impl Bridge {
    /// Runs `work` and gives what comes of it to `future`, an `asyncio.Future` of this bridge's loop.
    pub(crate) fn run(
        slf: &Bound<'_, Self>,
        future: Py<PyAny>,
        work: impl Future<Output = Outcome> + Send + 'static,
    ) -> PyResult<Task> {
        if ComingBack::new().is_none() {
            return Err(PyRuntimeError::new_err(
                "the interpreter is ending: nothing could be awaited any more",
            ));
        }
        let queue = slf.get().queue.clone();
        let bridge = slf.clone().unbind();
        let task = runtime()?.spawn(async move {
            let outcome = work.await;
            let was_empty = {
                let mut queue = lock(&queue);
                queue.push((future, outcome));
                queue.len() == 1
            };
            if was_empty {
                // Elsewhere, since the interpreter may be busy and connections should not wait for it.
                tokio::task::spawn_blocking(move || wake(&bridge));
            }
        });
        Ok(Task(Owned::new(task.abort_handle())))
    }
}

/// Asks the loop to empty the queue.
fn wake(bridge: &Py<Bridge>) {
    let Some(_leave) = ComingBack::new() else { return };
    let _ = Python::try_attach(|py| {
        let bridge = bridge.bind(py);
        let woken = bridge
            .getattr("drain")
            .and_then(|drain| bridge.get().loop_.bind(py).call_method1("call_soon_threadsafe", (drain,)));
        if woken.is_err() {
            // The loop was closed: no one waits any more.
            lock(&bridge.get().queue).clear();
        }
    });
}

/// A call under way in an event loop.
#[pyclass(frozen, module = "devin_v2._native")]
pub(crate) struct Task(Owned<AbortHandle>);

#[pymethods]
impl Task {
    /// Stops the call, if it isn't done: the request is dropped.
    fn cancel(&self) {
        if let Some(task) = self.0.get() {
            task.abort();
        }
    }
}
