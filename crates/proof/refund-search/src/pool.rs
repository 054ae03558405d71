//! Several things at a time.

use std::{
    num::NonZero,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use crate::SearchError;

/// What `work` makes of each, in their order; as many at a time as the machine has processors.
pub(crate) fn each<T: Sync, R: Send>(
    all: &[T],
    work: impl Fn(&T) -> Result<R, SearchError> + Sync,
) -> Result<Vec<R>, SearchError> {
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let done = thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(one) = all.get(number) else {
                    return Ok(done);
                };
                done.push((number, work(one)?));
            }
        };
        let threads: Vec<_> = (0..threads.min(all.len()))
            .map(|_| scope.spawn(work))
            .collect();
        let joined = threads.into_iter().map(|thread| match thread.join() {
            Ok(done) => done,
            Err(_) => Err(SearchError::Broken),
        });
        joined.collect::<Result<Vec<_>, _>>()
    })?;
    let mut done: Vec<_> = done.into_iter().flatten().collect();
    done.sort_by_key(|(number, _)| *number);
    Ok(done.into_iter().map(|(_, one)| one).collect())
}
