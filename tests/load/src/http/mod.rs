//! A lean HTTP/1.1 client: connections that stay open, one request on each at a time.
//!
//! It follows no redirects, keeps no cookies and repeats nothing that might have been read.

mod answer;
mod connection;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::{BodyExt, Full, Limited};
use tokio::time::timeout;

pub(crate) use answer::{Answer, ImageStatus, StatedThumbnail};
use connection::Connection;

use crate::tally::Kind;
use crate::target::ApiAddress;

/// The largest answer that is read. Thumbnails and statuses are far smaller.
const LARGEST_ANSWER_BYTES: usize = 16 << 20;

/// A client of one server.
#[derive(Debug)]
pub(crate) struct Client {
    target: ApiAddress,
    /// How long an answer may take, beyond the time that the request asks the server to wait.
    patience: Duration,
    /// The last one used is the first one taken, so that those of a burst grow old and end.
    idle: Mutex<Vec<Connection>>,
}

impl Client {
    pub(crate) fn new(target: ApiAddress, patience: Duration) -> Self {
        Self {
            target,
            patience,
            idle: Mutex::default(),
        }
    }

    /// A request for a path, to which headers can be added.
    pub(crate) fn request(&self, method: Method, path: &str) -> http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.target.authority)
    }

    /// Sends a request, and gives its answer `wait` more time than usual.
    ///
    /// # Errors
    /// The class of failure: there was no whole answer.
    pub(crate) async fn send(
        &self,
        request: Request<Full<Bytes>>,
        wait: Duration,
    ) -> Result<Answer, Kind> {
        let exchanged = timeout(self.patience + wait, self.exchange(request)).await;
        exchanged.unwrap_or(Err(Kind::TimedOut))
    }

    async fn exchange(&self, mut request: Request<Full<Bytes>>) -> Result<Answer, Kind> {
        while let Some(connection) = self.idle_connection() {
            match self.exchange_on(connection, request).await {
                Ok(answered) => return answered,
                // The server had closed it: nothing was sent.
                Err(unsent) => request = *unsent,
            }
        }
        let connection = Connection::open(self.target.address).await;
        let connection = connection.map_err(|_error| Kind::NotConnected)?;
        let exchanged = self.exchange_on(connection, request).await;
        exchanged.unwrap_or(Err(Kind::CutOff))
    }

    /// Returns the request if none of it was sent.
    async fn exchange_on(
        &self,
        mut connection: Connection,
        request: Request<Full<Bytes>>,
    ) -> Result<Result<Answer, Kind>, Box<Request<Full<Bytes>>>> {
        let response = match connection.send(request).await {
            Ok(response) => response,
            Err(Some(unsent)) => return Err(unsent),
            Err(None) => return Ok(Err(Kind::CutOff)),
        };
        let (head, body) = response.into_parts();
        let body = Limited::new(body, LARGEST_ANSWER_BYTES).collect().await;
        Ok(match body {
            Ok(body) => {
                self.keep(connection);
                Ok(Answer {
                    code: head.status.as_u16(),
                    headers: head.headers,
                    body: body.to_bytes(),
                })
            }
            Err(_error) => Err(Kind::CutOff),
        })
    }

    fn idle_connection(&self) -> Option<Connection> {
        self.idle().pop()
    }

    fn keep(&self, connection: Connection) {
        self.idle().push(connection);
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
