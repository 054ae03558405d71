//! Calls without an executor of the user's.

use std::{
    fmt,
    future::{Future, pending},
    io,
    sync::{Mutex, PoisonError},
    thread,
};

use tokio::runtime::{Builder, Handle};

/// Why a call did not run: nothing was sent.
#[derive(Debug)]
#[non_exhaustive]
pub enum NoExecutor {
    /// It was called within an executor of tokio's, one thread of which would have waited.
    WithinOne,
    /// The thread that drives connections could not be started.
    NotStarted(io::Error),
}

impl fmt::Display for NoExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WithinOne => {
                "a blocking call was made within tokio: await the asynchronous one there, or call from a thread of \
                 its own (`std::thread::spawn`)"
            }
            Self::NotStarted(_) => {
                "the thread that drives connections could not be started: check the limits of this machine"
            }
        })
    }
}

impl std::error::Error for NoExecutor {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::WithinOne => None,
            Self::NotStarted(error) => Some(error),
        }
    }
}

/// Runs a future of a client's to its end, on this thread, without an executor of one's own.
///
/// Its connections are driven by one thread that all clients of the process share, which starts with the first call
/// and stays.
///
/// ```
/// let answer = provider_runtime::block_on(async { 42 })?;
/// assert_eq!(answer, 42);
/// # Ok::<(), provider_runtime::NoExecutor>(())
/// ```
///
/// # Errors
/// It is called within an executor of tokio's, which includes the threads of its `spawn_blocking`, or there can be no
/// thread. The future was not polled.
pub fn block_on<F: Future>(future: F) -> Result<F::Output, NoExecutor> {
    if Handle::try_current().is_ok() {
        return Err(NoExecutor::WithinOne);
    }
    let driven = driven().map_err(NoExecutor::NotStarted)?;
    // In a box, since it is large and would be moved.
    Ok(driven.block_on(Box::pin(future)))
}

/// The executor whose connections and clocks a thread drives.
fn driven() -> io::Result<Handle> {
    static DRIVEN: Mutex<Option<Handle>> = Mutex::new(None);
    let mut kept = DRIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*kept {
        return Ok(handle.clone());
    }
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("refunds-connections".to_owned())
        .spawn(move || runtime.block_on(pending::<()>()))?;
    *kept = Some(handle.clone());
    Ok(handle)
}

/// Sends what an operation's `send` would, for [`blocking`](crate::blocking).
#[doc(hidden)]
pub fn send_blocking<T, E>(
    call: impl Future<Output = Result<T, super::Error<E>>>,
) -> Result<T, super::Error<E>> {
    block_on(call).unwrap_or_else(|reason| Err(super::Error::without_executor(reason)))
}
