//! What several tasks want of the database in one moment, done together: a statement for many costs little more than
//! one for each, and a commit is waited for by all of them.
//!
//! Whoever comes first sends somebody who takes all that is wanted by then, and comes back for what was wanted
//! meanwhile. So a task that is alone waits for nobody, and the more there are the fewer transactions each costs.

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot::{self, Sender};

/// The most that is done together.
const MOST: usize = 64;
/// As many are done beside what is under way, and not only after it. Where fewer were, more commits were waited for.
const MANY: usize = 24;
/// The most that are sent at once.
const GRANTERS: usize = 2;

/// A wish, and who is to be told what became of it.
pub(crate) type Asked<W, R> = (W, Sender<R>);

/// Wishes that are granted together. Cloning shares it.
pub(crate) struct Gather<W, R> {
    shared: Arc<Mutex<Shared<W, R>>>,
}

struct Shared<W, R> {
    waiting: Vec<Asked<W, R>>,
    /// How many were sent to grant them.
    granters: usize,
}

impl<W, R> Clone for Gather<W, R> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<W, R> Default for Gather<W, R> {
    fn default() -> Self {
        let shared = Shared {
            waiting: Vec::new(),
            granters: 0,
        };
        Self {
            shared: Arc::new(Mutex::new(shared)),
        }
    }
}

impl<W: Send + 'static, R: Send + 'static> Gather<W, R> {
    /// Waits until a wish is granted, together with those of others: `None` if whoever grants them has ended in
    /// mid-flight, as with the runtime that they ran in.
    pub(crate) async fn ask<F, Fut>(&self, wish: W, grant: F) -> Option<R>
    where
        F: Fn(Vec<Asked<W, R>>) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let is_another_wanted = {
            let mut shared = self.shared();
            shared.waiting.push((wish, tell));
            let is_wanted = match shared.granters {
                0 => true,
                granters => granters < GRANTERS && shared.waiting.len() >= MANY,
            };
            shared.granters += usize::from(is_wanted);
            is_wanted
        };
        if is_another_wanted {
            let granter = Granter {
                gather: self.clone(),
                is_done: false,
            };
            tokio::spawn(granter.grant_all(grant));
        }
        told.await.ok()
    }

    /// What waits now; where nothing does, whoever asks next sends somebody else.
    fn take(&self) -> Option<Vec<Asked<W, R>>> {
        let mut shared = self.shared();
        // Whoever has given up waiting does it alone.
        shared.waiting.retain(|(_, tell)| !tell.is_closed());
        if shared.waiting.is_empty() {
            shared.granters -= 1;
            return None;
        }
        let count = shared.waiting.len().min(MOST);
        Some(shared.waiting.drain(..count).collect())
    }
}

impl<W, R> Gather<W, R> {
    fn shared(&self) -> MutexGuard<'_, Shared<W, R>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever grants wishes. Where it ends before its time, those who wait are told, and nobody waits for ever.
struct Granter<W, R> {
    gather: Gather<W, R>,
    is_done: bool,
}

impl<W: Send + 'static, R: Send + 'static> Granter<W, R> {
    async fn grant_all<F, Fut>(mut self, grant: F)
    where
        F: Fn(Vec<Asked<W, R>>) -> Fut,
        Fut: Future<Output = ()>,
    {
        // Those who were woken together ask together.
        tokio::task::yield_now().await;
        while let Some(wishes) = self.gather.take() {
            grant(wishes).await;
        }
        // By now another may be at it.
        self.is_done = true;
    }
}

impl<W, R> Drop for Granter<W, R> {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        let mut shared = self.gather.shared();
        shared.granters -= 1;
        if shared.granters > 0 {
            return;
        }
        let waiting = std::mem::take(&mut shared.waiting);
        drop(shared);
        drop(waiting);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::runtime::Builder;

    use super::*;

    async fn never(_wishes: Vec<Asked<u8, u8>>) {
        std::future::pending().await
    }

    async fn double(wishes: Vec<Asked<u8, u8>>) {
        for (wish, tell) in wishes {
            tell.send(wish * 2).unwrap();
        }
    }

    #[test]
    fn those_who_wait_are_told_when_the_runtime_of_their_granter_ends() {
        let gather = Gather::default();
        let first = Builder::new_multi_thread().enable_all().build().unwrap();
        let own = gather.clone();
        first.spawn(async move { own.ask(1, never).await });
        let second = Builder::new_multi_thread().enable_all().build().unwrap();
        second.block_on(async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let own = gather.clone();
            let asked = tokio::spawn(async move { own.ask(2, double).await });
            tokio::time::sleep(Duration::from_millis(50)).await;
            first.shutdown_background();
            let told = tokio::time::timeout(Duration::from_secs(10), asked).await;
            assert_eq!(told.unwrap().unwrap(), None);
            assert_eq!(gather.ask(3, double).await, Some(6));
        });
    }

    #[tokio::test]
    async fn many_are_granted_beside_what_is_under_way_and_no_third_group_is() {
        let gather = Gather::default();
        let under_way = Arc::new(tokio::sync::Semaphore::new(0));
        let ask = |wish: u8| {
            let (gather, under_way) = (gather.clone(), Arc::clone(&under_way));
            tokio::spawn(async move {
                let grant = move |wishes: Vec<Asked<u8, usize>>| {
                    let under_way = Arc::clone(&under_way);
                    async move {
                        let together = wishes.len();
                        // What the first and the last ones wish for takes long.
                        if wishes.iter().any(|(wish, _)| *wish != 1) {
                            under_way.acquire().await.unwrap().forget();
                        }
                        for (_, tell) in wishes {
                            tell.send(together).unwrap();
                        }
                    }
                };
                gather.ask(wish, grant).await
            })
        };
        let settled = || tokio::time::sleep(Duration::from_millis(50));
        let first = ask(0);
        settled().await;
        // Fewer than many wait for what is under way; with the last of many, somebody comes for all of them.
        let fewer: Vec<_> = (1..MANY).map(|_| ask(1)).collect();
        settled().await;
        assert!(fewer.iter().all(|asked| !asked.is_finished()));
        let last = tokio::time::timeout(Duration::from_secs(10), ask(1)).await;
        assert_eq!(last.unwrap().unwrap(), Some(MANY));
        for asked in fewer {
            assert_eq!(asked.await.unwrap(), Some(MANY));
        }
        assert!(!first.is_finished());
        let second: Vec<_> = (0..MANY).map(|_| ask(2)).collect();
        settled().await;
        let third: Vec<_> = (0..MANY).map(|_| ask(1)).collect();
        settled().await;
        assert!(third.iter().all(|asked| !asked.is_finished()));
        under_way.add_permits(2);
        for asked in second.into_iter().chain(third) {
            assert_eq!(asked.await.unwrap(), Some(MANY));
        }
        assert_eq!(first.await.unwrap(), Some(1));
    }
}
