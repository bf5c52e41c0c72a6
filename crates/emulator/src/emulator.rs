//! A running emulator, inside a runtime or on a thread of its own.

use std::{io, net::SocketAddr, sync::Arc, thread};

use tokio::{
    net::TcpListener,
    sync::oneshot,
    task::{AbortHandle, JoinHandle},
};

use crate::{Arrived, Config, Fault, server, service::Service};

/// A running emulator. It stops when it is dropped: the port closes and open connections end.
pub struct Emulator {
    service: Arc<Service>,
    url: String,
    api_key: String,
    running: Running,
}

enum Running {
    Task(AbortHandle),
    Thread { stop: Option<oneshot::Sender<()>>, thread: Option<thread::JoinHandle<()>> },
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Emulator").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Emulator {
    /// Starts an emulator on the current Tokio runtime.
    ///
    /// # Errors
    /// `InvalidInput` for a configuration out of range, otherwise what the system says about the address.
    ///
    /// # Panics
    /// Outside a Tokio runtime; use [`Emulator::spawn`] there.
    pub async fn start(config: Config) -> io::Result<Self> {
        let (service, address, task) = listen(config).await?;
        Ok(Self::new(service, address, Running::Task(task.abort_handle())))
    }

    /// Starts an emulator on a thread and runtime of its own, for hosts that have none.
    ///
    /// # Errors
    /// As [`Emulator::start`], and if the thread can't be made.
    pub fn spawn(config: Config) -> io::Result<Self> {
        let (started, wait) = std::sync::mpsc::sync_channel(1);
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("devin-v2-emulator".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let outcome = runtime.and_then(|runtime| {
                let (service, address, _task) = runtime.block_on(listen(config))?;
                Ok((runtime, service, address))
            });
            match outcome {
                Ok((runtime, service, address)) => {
                    // Without a receiver nobody wants the emulator any more.
                    if started.send(Ok((service, address))).is_ok() {
                        let _ = runtime.block_on(stopped);
                    }
                }
                Err(error) => {
                    let _ = started.send(Err(error));
                }
            }
        })?;
        let outcome =
            wait.recv().map_err(|_| io::Error::other("the emulator's thread ended before it was ready"))?;
        let (service, address) = outcome?;
        Ok(Self::new(service, address, Running::Thread { stop: Some(stop), thread: Some(thread) }))
    }

    fn new(service: Arc<Service>, address: SocketAddr, running: Running) -> Self {
        let api_key = service.initial_key();
        Self { service, url: format!("http://{address}"), api_key, running }
    }

    /// Where it listens: `http://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The personal key of an enterprise admin, valid until it is revoked.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// The requests that arrived on API paths since the start (the last 10,000), oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Arrived> {
        self.service.requests()
    }

    /// Forgets the requests that arrived.
    pub fn clear_requests(&self) {
        self.service.clear_requests();
    }

    /// Scripts a fault. Of several that match a request, the one added first counts.
    ///
    /// # Panics
    /// If the fault can't be served: a status below 200, a header that is none.
    pub fn fault(&self, fault: Fault) {
        if let Some(problem) = fault.problem() {
            panic!("this fault can't be served: {problem}");
        }
        self.service.add_fault(fault);
    }

    /// Back to the seed: state, faults and remembered requests.
    pub fn reset(&self) {
        self.service.reset();
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        match &mut self.running {
            Running::Task(task) => task.abort(),
            Running::Thread { stop, thread } => {
                if let Some(stop) = stop.take() {
                    let _ = stop.send(());
                }
                if let Some(thread) = thread.take() {
                    let _ = thread.join();
                }
            }
        }
    }
}

async fn listen(config: Config) -> io::Result<(Arc<Service>, SocketAddr, JoinHandle<()>)> {
    config.check()?;
    let listener = TcpListener::bind((config.host, config.port)).await?;
    let address = listener.local_addr()?;
    let service = Arc::new(Service::new(config, address.ip().is_loopback()));
    let task = tokio::spawn(server::serve(listener, Arc::clone(&service)));
    Ok((service, address, task))
}
