//! Connections: accepting, serving with keep-alive, resetting.

use std::{future::poll_fn, net::Shutdown, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};

use crate::service::Service;

/// Connections served at a time; further ones wait in the listener's queue.
const CONNECTIONS: usize = 512;
/// Headers of one request.
const HEADERS: usize = 100;
/// Bytes of a request's head.
const HEAD: usize = 64 * 1024;
/// How long a connection may idle or take to send its next head.
const IDLE: Duration = Duration::from_secs(120);

/// Accepts and serves until the task is dropped; the connections go with it.
pub(crate) async fn serve(listener: TcpListener, service: Arc<Service>) {
    let permits = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let service = Arc::clone(&service);
                connections.spawn(async move {
                    connection(stream, service).await;
                    drop(permit);
                });
            }
            // Out of descriptors, or a client that left already: neither lasts, and neither ends the server.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(stream: TcpStream, service: Arc<Service>) {
    // Answers are single writes; waiting to merge them would only add latency.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let service = Arc::clone(&service);
        // Boxed because what drives the connection below wants it movable.
        Box::pin(async move { service.call(request).await })
    });
    let mut connection = http1::Builder::new()
        .max_headers(HEADERS)
        .max_buf_size(HEAD)
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .serve_connection(TokioIo::new(stream), service);
    // Not driven to its own shutdown, so that a reset can still be sent instead of a regular end.
    let outcome = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let stream = connection.into_parts().io.into_inner();
    let socket = socket2::SockRef::from(&stream);
    match outcome {
        // The only error that a service here returns is the wish for a reset.
        Err(error) if error.is_user() && !is_cut(&error) => {
            // With no time to linger, closing sends RST.
            let _ = socket.set_linger(Some(Duration::ZERO));
        }
        _ => {
            let _ = socket.shutdown(Shutdown::Write);
        }
    }
}

/// Whether the error came from a body that was cut off on purpose, which ends regularly, only early.
fn is_cut(error: &hyper::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}
