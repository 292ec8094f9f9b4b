//! The tokens of one tenant: one renewal for all callers (`contracts/senior-x.md` §2.4).

use std::{fmt, time::Duration};

use clock::{Clock, later};
use jiff::Timestamp;
use partner_http::{CallError, Secret};
use tokio::sync::Mutex;

use crate::auth::Tokens;

/// How long before its expiry a token is renewed; the vendor's own client does the same.
const MARGIN: Duration = Duration::from_mins(1);

/// Keeps the tokens in memory, and nowhere else.
pub(crate) struct Session {
    clock: Clock,
    // Held through a renewal: that is the single flight.
    tokens: Mutex<Option<Tokens>>,
}

impl Session {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, tokens: Mutex::new(None) }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The access token: the one at hand unless it is about to expire or is the `refused` one, else what `renew` makes
    /// of the refresh token. Of many callers whose token was refused only the first renews.
    pub(crate) async fn token<F>(
        &self,
        refused: Option<&Secret>,
        renew: impl FnOnce(Option<Secret>) -> F + Send,
    ) -> Result<Secret, CallError>
    where
        F: Future<Output = Result<Tokens, CallError>> + Send,
    {
        let mut tokens = self.tokens.lock().await;
        if let Some(known) = tokens.as_mut() {
            if refused == Some(&known.access) {
                known.expires = Timestamp::MIN;
            }
            if later(self.clock.now(), MARGIN) < known.expires {
                return Ok(known.access.clone());
            }
        }
        let refresh = tokens.as_ref().and_then(|known| known.refresh.clone());
        let new = renew(refresh).await?;
        let access = new.access.clone();
        *tokens = Some(new);
        Ok(access)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session(***)")
    }
}
