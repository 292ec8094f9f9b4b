//! A token that is asked for once and shared until shortly before it expires.

use std::fmt;
use std::time::Duration;

use clock::{Clock, later};
use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::Secret;

/// How long before its expiry a token is renewed (`contracts/maxima.md` §2).
const MARGIN: Duration = Duration::from_mins(5);

/// A token and the end of its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What goes into the request.
    pub value: Secret,
    /// The partner's own instant of expiry.
    pub expires: Timestamp,
}

/// Keeps a token until 5 minutes before its expiry. However many callers need one, one logs in and the
/// others wait for it; after a failed login the next caller tries again.
pub struct TokenCache {
    clock: Clock,
    // Held through a login: that is the single flight.
    token: Mutex<Option<Token>>,
}

impl TokenCache {
    /// An empty cache.
    pub fn new(clock: Clock) -> Self {
        Self { clock, token: Mutex::new(None) }
    }

    /// The token, from `login` when there is none or it is about to expire.
    pub async fn get<F, E>(&self, login: impl FnOnce() -> F + Send) -> Result<Secret, E>
    where
        F: Future<Output = Result<Token, E>> + Send,
    {
        let mut token = self.token.lock().await;
        if let Some(token) = token.as_ref().filter(|token| self.is_fresh(token)) {
            return Ok(token.value.clone());
        }
        let new = login().await?;
        let value = new.value.clone();
        *token = Some(new);
        Ok(value)
    }

    /// Drops `refused`, so that the next [`get`](Self::get) logs in. A newer token stays: of many callers
    /// whose old token was refused, only the first causes a login.
    pub async fn forget(&self, refused: &Secret) {
        let mut token = self.token.lock().await;
        if token.as_ref().is_some_and(|token| token.value == *refused) {
            *token = None;
        }
    }

    fn is_fresh(&self, token: &Token) -> bool {
        later(self.clock.now(), MARGIN) < token.expires
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenCache(***)")
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::task::JoinSet;

    use super::*;

    /// A partner that numbers its tokens and lets each live for an hour.
    struct Login {
        clock: Clock,
        logins: AtomicU32,
    }

    impl Login {
        fn new(clock: &Clock) -> Self {
            Self { clock: clock.clone(), logins: AtomicU32::new(0) }
        }

        async fn token(&self) -> Result<Token, Infallible> {
            self.clock.sleep(Duration::from_secs(1)).await;
            let number = self.logins.fetch_add(1, Ordering::Relaxed) + 1;
            let expires = later(self.clock.now(), Duration::from_hours(1));
            Ok(Token { value: Secret::new(format!("token-{number}")), expires })
        }
    }

    async fn value(cache: &TokenCache, login: &Login) -> String {
        let secret = cache.get(|| login.token()).await.expect("the login succeeds");
        secret.expose().to_owned()
    }

    #[tokio::test(start_paused = true)]
    async fn ten_callers_at_once_cause_one_login() {
        let clock = Clock::paused(Timestamp::UNIX_EPOCH);
        let (cache, login) = (TokenCache::new(clock.clone()), Login::new(&clock));

        let both = Arc::new((cache, login));
        let callers: JoinSet<String> = (0..10)
            .map(|_| {
                let both = both.clone();
                async move { value(&both.0, &both.1).await }
            })
            .collect();

        assert_eq!(callers.join_all().await, vec!["token-1"; 10]);
        assert_eq!(both.1.logins.load(Ordering::Relaxed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_renewed_five_minutes_before_its_expiry() {
        let clock = Clock::paused(Timestamp::UNIX_EPOCH);
        let (cache, login) = (TokenCache::new(clock.clone()), Login::new(&clock));
        value(&cache, &login).await;

        clock.sleep(Duration::from_secs(55 * 60 - 1)).await;
        assert_eq!(value(&cache, &login).await, "token-1");

        clock.sleep(Duration::from_secs(1)).await;
        assert_eq!(value(&cache, &login).await, "token-2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_forgotten_but_a_newer_one_is_not() {
        let clock = Clock::paused(Timestamp::UNIX_EPOCH);
        let (cache, login) = (TokenCache::new(clock.clone()), Login::new(&clock));
        let old = Secret::new(value(&cache, &login).await);

        cache.forget(&old).await;
        assert_eq!(value(&cache, &login).await, "token-2");

        cache.forget(&old).await;
        assert_eq!(value(&cache, &login).await, "token-2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_login_is_tried_again_by_the_next_caller() {
        let clock = Clock::paused(Timestamp::UNIX_EPOCH);
        let (cache, login) = (TokenCache::new(clock.clone()), Login::new(&clock));

        let failed = cache.get(|| async { Err("refused") }).await;

        assert_eq!(failed, Err("refused"));
        assert_eq!(value(&cache, &login).await, "token-1");
    }
}
