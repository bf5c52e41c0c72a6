//! Where calls run: on a thread of ours, so that the foreign side is woken once per call and not for every packet.

use std::future::Future;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::error::DevinError;

fn runtime() -> Result<&'static Runtime, DevinError> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let made = Builder::new_multi_thread().worker_threads(2).thread_name("devin-v2").enable_all().build();
    let made = made.map_err(|error| DevinError::unusable(&format!("no thread could be started: {error}")))?;
    Ok(RUNTIME.get_or_init(|| made))
}

/// Ends the work when the foreign side drops what waits for it.
struct Running<T>(JoinHandle<T>);

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Runs `work` and waits for it.
pub(crate) async fn run<T: Send + 'static>(
    work: impl Future<Output = Result<T, DevinError>> + Send + 'static,
) -> Result<T, DevinError> {
    let mut running = Running(runtime()?.spawn(work));
    match (&mut running.0).await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(DevinError::unusable("the call was stopped")),
    }
}

/// Has `work` done without waiting for it.
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    // Without a thread nothing was begun that could be left undone.
    if let Ok(runtime) = runtime() {
        runtime.spawn(work);
    }
}
