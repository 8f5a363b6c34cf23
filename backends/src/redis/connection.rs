use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ErrorKind, FromRedisValue, RedisError, RedisResult, ServerErrorKind};
use thumbnailify_core::{Error, Result};
use tokio::time::timeout;

use super::{BACKEND, RedisSettings};
use crate::pause::pause;

/// How often a call is tried: the connection manager reconnects by itself, but the call that saw the
/// connection break fails.
const TRIES: u32 = 3;

/// Between two tries, so that a server that is loading is not asked in a rush.
const PAUSE: Duration = Duration::from_millis(50);

/// One connection for all callers, which is made when it is needed, and made again when it breaks or falls silent.
#[derive(Clone)]
pub(super) struct Connection {
    client: Client,
    config: ConnectionManagerConfig,
    current: Arc<Mutex<Current>>,
    call_timeout: Duration,
}

/// The connection that new calls use.
struct Current {
    manager: ConnectionManager,
    /// Counts the connections that were given up.
    number: u64,
}

impl Connection {
    pub(super) fn new(client: Client, settings: &RedisSettings) -> Result<Self> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(settings.connect_timeout()))
            .set_response_timeout(Some(settings.response_timeout()))
            .set_number_of_retries(1)
            .set_min_delay(PAUSE)
            .set_max_delay(Duration::from_secs(1));
        let manager = ConnectionManager::new_lazy_with_config(client.clone(), config.clone());
        let manager = manager.map_err(|error| redis_error(&error))?;
        Ok(Self {
            client,
            config,
            current: Arc::new(Mutex::new(Current { manager, number: 0 })),
            call_timeout: settings.call_timeout(),
        })
    }

    /// Asks until there is an answer, a few times and not for longer than a call may take.
    pub(super) async fn call<T: FromRedisValue, F: Future<Output = RedisResult<T>>>(
        &self,
        ask: impl Fn(ConnectionManager) -> F,
    ) -> Result<T> {
        let asking = async {
            for _ in 1..TRIES {
                match self.try_call(&ask).await {
                    Err(error) if may_pass(&error) => pause(PAUSE).await,
                    answer => return answer,
                }
            }
            self.try_call(&ask).await
        };
        match timeout(self.call_timeout, asking).await {
            Ok(answer) => answer.map_err(|error| redis_error(&error)),
            Err(elapsed) => Err(Error::unavailable(BACKEND, elapsed)),
        }
    }

    async fn try_call<T, F: Future<Output = RedisResult<T>>>(
        &self,
        ask: &impl Fn(ConnectionManager) -> F,
    ) -> RedisResult<T> {
        let (manager, number) = {
            let current = self.current();
            (current.manager.clone(), current.number)
        };
        let answer = ask(manager).await;
        if answer.as_ref().is_err_and(RedisError::is_timeout) {
            self.give_up(number);
        }
        answer
    }

    /// Has the next calls make a connection of their own. The connection manager only does so when a connection
    /// breaks, and one whose other end vanished without a word does not for a quarter of an hour.
    fn give_up(&self, number: u64) {
        let mut current = self.current();
        // Of all the calls that wait in vain together, one is enough.
        if current.number != number {
            return;
        }
        let (client, config) = (self.client.clone(), self.config.clone());
        if let Ok(manager) = ConnectionManager::new_lazy_with_config(client, config) {
            *current = Current {
                manager,
                number: number.wrapping_add(1),
            };
        }
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Connection").finish_non_exhaustive()
    }
}

/// Tells whether the same call may succeed in a moment.
fn may_pass(error: &RedisError) -> bool {
    use ServerErrorKind::{BusyLoading, ClusterDown, MasterDown, ReadOnly, TryAgain};
    match error.kind() {
        ErrorKind::Server(kind) => {
            matches!(
                kind,
                BusyLoading | ClusterDown | MasterDown | ReadOnly | TryAgain
            )
        }
        ErrorKind::Io => true,
        _ => false,
    }
}

/// A server that refuses, for lack of memory or of a password, may be mended; an answer of the wrong
/// kind will not.
pub(super) fn redis_error(error: &RedisError) -> Error {
    match error.kind() {
        ErrorKind::UnexpectedReturnType | ErrorKind::Parse | ErrorKind::InvalidClientConfig => {
            Error::broken(BACKEND, error.to_string())
        }
        _ => Error::unavailable(BACKEND, error.clone()),
    }
}
