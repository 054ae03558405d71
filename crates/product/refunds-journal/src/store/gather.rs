//! What several tasks want of the database in one moment, done together: a statement for many costs little more than
//! one for each, and a commit is waited for by all of them.
//!
//! Whoever comes first sends somebody who takes all that is wanted by then, and comes back for what was wanted
//! meanwhile. So a task that is alone waits for nobody, and the more there are the fewer transactions each costs.

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    sync::oneshot::{self, Sender},
    task::JoinHandle,
};

/// The most that is done together.
const MOST: usize = 64;

/// A wish, and who is to be told what became of it.
pub(crate) type Asked<W, R> = (W, Sender<R>);

/// Wishes that are granted together. Cloning shares it.
pub(crate) struct Gather<W, R> {
    shared: Arc<Mutex<Shared<W, R>>>,
}

struct Shared<W, R> {
    waiting: Vec<Asked<W, R>>,
    /// Whoever was sent to grant them.
    granter: Option<JoinHandle<()>>,
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
            granter: None,
        };
        Self {
            shared: Arc::new(Mutex::new(shared)),
        }
    }
}

impl<W: Send + 'static, R: Send + 'static> Gather<W, R> {
    /// Waits until a wish is granted, together with those of others: `None` if whoever grants them has ended in
    /// mid-flight, as when the process ends.
    pub(crate) async fn ask<F, Fut>(&self, wish: W, grant: F) -> Option<R>
    where
        F: Fn(Vec<Asked<W, R>>) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send,
    {
        let (tell, told) = oneshot::channel();
        {
            let mut shared = self.shared();
            shared.waiting.push((wish, tell));
            // With the runtime that it ran in, a granter ends before its time.
            if shared.granter.as_ref().is_none_or(JoinHandle::is_finished) {
                let own = self.clone();
                shared.granter = Some(tokio::spawn(async move { own.grant_all(grant).await }));
            }
        }
        told.await.ok()
    }

    async fn grant_all<F, Fut>(&self, grant: F)
    where
        F: Fn(Vec<Asked<W, R>>) -> Fut,
        Fut: Future<Output = ()>,
    {
        // Those who were woken together ask together.
        tokio::task::yield_now().await;
        while let Some(wishes) = self.take() {
            grant(wishes).await;
        }
    }

    /// What waits now; where nothing does, whoever asks next sends somebody else.
    fn take(&self) -> Option<Vec<Asked<W, R>>> {
        let mut shared = self.shared();
        if shared.waiting.is_empty() {
            shared.granter = None;
            return None;
        }
        let count = shared.waiting.len().min(MOST);
        Some(shared.waiting.drain(..count).collect())
    }

    fn shared(&self) -> MutexGuard<'_, Shared<W, R>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
