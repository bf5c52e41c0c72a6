//! From the runtime back into an asyncio loop. Results gather in a queue that the loop empties in one go: waking a loop
//! costs more than everything else about a small call.

use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use tokio::task::AbortHandle;

use crate::error::ours;
use crate::process::{Background, ComingBack, Owned, lock, rest_unless_main};

/// Makes the value that a future gets, once the interpreter is at hand.
pub(crate) type Outcome = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

/// The way into one loop.
#[pyclass(frozen, module = "devin_v2._native")]
pub(crate) struct Bridge {
    loop_: Py<PyAny>,
    drain: Py<PyAny>,
    queue: Arc<Mutex<Vec<Arrived>>>,
}

/// A future and what it gets.
type Arrived = (Py<PyAny>, Outcome);

#[pymethods]
impl Bridge {
    /// `drain` is called in the loop, with this bridge, when there is something to take.
    #[new]
    fn new(r#loop: Py<PyAny>, drain: Py<PyAny>) -> Self {
        Self { loop_: r#loop, drain, queue: Arc::default() }
    }

    /// All results that have come: a future, whether its call failed, and what came of it.
    ///
    /// They are handed out here but given to their futures in Python: what futures do then runs code of the loop, and
    /// a daemon thread that is in such code when the interpreter ends must have no frame of ours below it.
    fn take<'py>(&self, py: Python<'py>) -> Vec<(Py<PyAny>, bool, Bound<'py, PyAny>)> {
        let arrived = std::mem::take(&mut *lock(&self.queue));
        arrived
            .into_iter()
            .map(|(future, outcome)| match outcome(py) {
                Ok(value) => (future, false, value.into_bound(py)),
                Err(error) => (future, true, error.into_value(py).into_bound(py).into_any()),
            })
            .collect()
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
            rest_unless_main(slf.py())?;
            let message = "the interpreter is ending, so nothing can be awaited: make such calls before";
            return Err(ours(slf.py(), "cancelled", None, message));
        }
        let queue = slf.get().queue.clone();
        let bridge = slf.clone().unbind();
        let background = Background::new(slf.py())?;
        let task = background.runtime().clone().spawn(async move {
            let _driven = background;
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
        let to_do = (bridge.get().drain.bind(py), bridge);
        let woken = bridge.get().loop_.bind(py).call_method1("call_soon_threadsafe", to_do);
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
