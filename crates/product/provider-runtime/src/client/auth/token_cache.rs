//! Keeps a fetched token, and lets one fetch at a time serve all who wait for it.

use std::{
    future::Future,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use super::{AccessToken, TokenError};

/// A token is renewed this long before it expires, or a tenth of its life before if that is less.
const LONGEST_MARGIN: Duration = Duration::from_secs(600);

/// A token as a token URL gave it.
pub(crate) struct Fetched {
    pub(crate) token: AccessToken,
    /// How long it is valid from before it was asked for; without one, until it is rejected.
    pub(crate) lifetime: Option<Duration>,
}

#[derive(Default)]
pub(crate) struct TokenCache {
    current: Mutex<Option<Cached>>,
    /// Held during a fetch, so that a dropped caller lets the next one fetch; keeps the outcome.
    flight: tokio::sync::Mutex<Option<Result<AccessToken, TokenError>>>,
    fetches: AtomicU64,
}

struct Cached {
    token: AccessToken,
    renew_at: Option<Instant>,
}

impl TokenCache {
    /// The cached token, or the outcome of a fetch that was in flight meanwhile, or of `fetch`.
    pub(crate) async fn get<F>(
        &self,
        rejected: Option<&AccessToken>,
        fetch: impl FnOnce() -> F,
    ) -> Result<AccessToken, TokenError>
    where
        F: Future<Output = Result<Fetched, TokenError>>,
    {
        if let Some(token) = self.usable(rejected) {
            return Ok(token);
        }
        let seen = self.fetches.load(Ordering::Acquire);
        let mut flight = self.flight.lock().await;
        if let Some(token) = self.usable(rejected) {
            return Ok(token);
        }
        if self.fetches.load(Ordering::Acquire) != seen {
            match &*flight {
                Some(Ok(token)) if Some(token) != rejected => return Ok(token.clone()),
                Some(Err(error)) => return Err(error.clone()),
                _ => {}
            }
        }
        let asked_at = Instant::now();
        let outcome = fetch().await.map(|fetched| {
            self.keep(&fetched, asked_at);
            fetched.token
        });
        *flight = Some(outcome.clone());
        self.fetches.fetch_add(1, Ordering::Release);
        outcome
    }

    fn usable(&self, rejected: Option<&AccessToken>) -> Option<AccessToken> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let cached = current.as_ref()?;
        let fresh = cached.renew_at.is_none_or(|at| Instant::now() < at);
        (fresh && Some(&cached.token) != rejected).then(|| cached.token.clone())
    }

    fn keep(&self, fetched: &Fetched, asked_at: Instant) {
        let renew_at = fetched.lifetime.and_then(|lifetime| {
            let margin = LONGEST_MARGIN.min(lifetime / 10);
            asked_at.checked_add(lifetime - margin)
        });
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        *current = Some(Cached {
            token: fetched.token.clone(),
            renew_at,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, rc::Rc};

    use tokio::time::{advance, sleep};

    use super::*;

    fn token(number: u32) -> AccessToken {
        AccessToken::bearer(&format!("token-{number}")).unwrap()
    }

    /// Gives `token-1`, `token-2`, ... after a second each, or fails.
    struct Endpoint {
        cache: TokenCache,
        lifetime: Option<Duration>,
        fails: bool,
        asked: Cell<u32>,
    }

    impl Endpoint {
        fn new(lifetime: Option<u64>, fails: bool) -> Rc<Self> {
            Rc::new(Self {
                cache: TokenCache::default(),
                lifetime: lifetime.map(Duration::from_secs),
                fails,
                asked: Cell::new(0),
            })
        }

        async fn get(&self, rejected: Option<&AccessToken>) -> Result<AccessToken, String> {
            let fetch = || async {
                let number = self.asked.get() + 1;
                self.asked.set(number);
                sleep(Duration::from_secs(1)).await;
                if self.fails {
                    return Err(TokenError::new(format!("failure {number}")));
                }
                Ok(Fetched {
                    token: token(number),
                    lifetime: self.lifetime,
                })
            };
            let outcome = self.cache.get(rejected, fetch).await;
            outcome.map_err(|error| error.to_string())
        }
    }

    /// Runs `count` callers at once and gives what each of them got.
    async fn together(
        endpoint: &Rc<Endpoint>,
        count: usize,
        rejected: Option<AccessToken>,
    ) -> Vec<Result<AccessToken, String>> {
        let callers = tokio::task::LocalSet::new();
        let results = callers.run_until(async {
            let handles: Vec<_> = (0..count)
                .map(|_| {
                    let (endpoint, rejected) = (Rc::clone(endpoint), rejected.clone());
                    tokio::task::spawn_local(async move { endpoint.get(rejected.as_ref()).await })
                })
                .collect();
            let mut results = Vec::new();
            for handle in handles {
                results.push(handle.await.unwrap());
            }
            results
        });
        results.await
    }

    #[tokio::test(start_paused = true)]
    async fn many_callers_share_one_fetch() {
        let endpoint = Endpoint::new(Some(3600), false);
        let results = together(&endpoint, 50, None).await;
        assert!(results.iter().all(|result| *result == Ok(token(1))));
        assert_eq!(endpoint.asked.get(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn many_callers_share_one_failure_and_a_later_one_asks_again() {
        let endpoint = Endpoint::new(None, true);
        let results = together(&endpoint, 50, None).await;
        let failure = Err("failure 1".to_owned());
        assert!(results.iter().all(|result| *result == failure));
        assert_eq!(endpoint.asked.get(), 1);
        assert_eq!(endpoint.get(None).await, Err("failure 2".to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn many_callers_share_a_token_that_expires_at_once() {
        let endpoint = Endpoint::new(Some(0), false);
        let results = together(&endpoint, 10, None).await;
        assert!(results.iter().all(|result| *result == Ok(token(1))));
        assert_eq!(endpoint.asked.get(), 1);
        assert_eq!(endpoint.get(None).await, Ok(token(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_lived_token_is_renewed_ten_minutes_before_it_expires() {
        let endpoint = Endpoint::new(Some(86_400), false);
        assert_eq!(endpoint.get(None).await, Ok(token(1)));
        // A second has passed in the fetch; the life counts from before it.
        advance(Duration::from_secs(86_400 - 600 - 2)).await;
        assert_eq!(endpoint.get(None).await, Ok(token(1)));
        advance(Duration::from_secs(1)).await;
        assert_eq!(endpoint.get(None).await, Ok(token(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_lived_token_is_renewed_a_tenth_of_its_life_before_it_expires() {
        let endpoint = Endpoint::new(Some(60), false);
        assert_eq!(endpoint.get(None).await, Ok(token(1)));
        advance(Duration::from_secs(52)).await;
        assert_eq!(endpoint.get(None).await, Ok(token(1)));
        advance(Duration::from_secs(1)).await;
        assert_eq!(endpoint.get(None).await, Ok(token(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_without_a_lifetime_is_kept_until_it_is_rejected() {
        let endpoint = Endpoint::new(None, false);
        assert_eq!(endpoint.get(None).await, Ok(token(1)));
        advance(Duration::from_secs(10_000_000)).await;
        assert_eq!(endpoint.get(None).await, Ok(token(1)));
        assert_eq!(endpoint.get(Some(&token(1))).await, Ok(token(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn callers_whose_token_was_rejected_share_one_fetch() {
        let endpoint = Endpoint::new(None, false);
        assert_eq!(endpoint.get(None).await, Ok(token(1)));
        let results = together(&endpoint, 20, Some(token(1))).await;
        assert!(results.iter().all(|result| *result == Ok(token(2))));
        // One that comes late with the old token gets the one that others have fetched.
        assert_eq!(endpoint.get(Some(&token(1))).await, Ok(token(2)));
        assert_eq!(endpoint.asked.get(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_gives_up_leaves_the_fetch_to_the_next() {
        let endpoint = Endpoint::new(None, false);
        let short = Duration::from_millis(500);
        let given_up = tokio::time::timeout(short, endpoint.get(None)).await;
        assert!(given_up.is_err());
        assert_eq!(endpoint.get(None).await, Ok(token(2)));
    }
}
