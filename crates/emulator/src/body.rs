//! Response bodies: whole, or cut off on purpose.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

/// How long the first part of a cut body has to leave the machine before the connection closes.
const FLUSH: Duration = Duration::from_millis(20);

/// The body of a response.
pub(crate) struct ResponseBody {
    data: Option<Bytes>,
    ending: Ending,
}

enum Ending {
    Regular,
    /// An error after the data, once they had time to be sent: the server then closes the connection.
    Cut(Option<Pin<Box<Sleep>>>),
}

impl ResponseBody {
    /// The whole body.
    pub(crate) fn full(data: Bytes) -> Self {
        Self { data: Some(data), ending: Ending::Regular }
    }

    /// A body that breaks off after these bytes.
    pub(crate) fn cut(data: Bytes) -> Self {
        Self { data: Some(data), ending: Ending::Cut(None) }
    }

    /// The bytes that are still to be sent.
    pub(crate) fn into_bytes(self) -> Bytes {
        self.data.unwrap_or_default()
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(data) = self.data.take()
            && !data.is_empty()
        {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match &mut self.ending {
            Ending::Regular => Poll::Ready(None),
            Ending::Cut(pause) => {
                let pause = pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(FLUSH)));
                pause
                    .as_mut()
                    .poll(context)
                    .map(|()| Some(Err(io::Error::other("a fault cuts this body off"))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.ending, Ending::Regular) && self.data.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        match self.ending {
            Ending::Regular => SizeHint::with_exact(self.data.as_ref().map_or(0, Bytes::len) as u64),
            // Unknown, so that the declared length stands although less is sent.
            Ending::Cut(_) => SizeHint::new(),
        }
    }
}
