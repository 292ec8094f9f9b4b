//! What all who ask Omie know of its blocks: the process that was told of one is not the one that asks next, and a
//! question during a block prolongs it (`contracts/omie-maxima-mapping.md` §13.6).

use std::collections::HashSet;
use std::time::Duration;

use clock::Clock;
use engine::{Documents, Expected, Key, Question, Scope, Source, SourcePage, StateError};
use jiff::Timestamp;
use omie::Omie;
use partner_http::{CallError, Fault, story};
use serde_json::json;

/// The kind of the documents that remember the blocks; the id is the lane.
const BLOCK: &str = "omie-block";
/// More methods than Omie has.
const MOST_BLOCKS: usize = 500;

/// Until when Omie is known to block which of its methods; what is over is not among them.
pub async fn blocks(state: &impl Documents, now: Timestamp) -> Result<Vec<(String, Timestamp)>, StateError> {
    let found = state.list(BLOCK, "", MOST_BLOCKS).await?;
    let block = |(lane, document): (String, engine::Document)| {
        let until = document.body["until"].as_str()?.parse::<Timestamp>().ok()?;
        let method = lane.rsplit('/').next().unwrap_or(&lane).to_owned();
        (until > now).then_some((method, until))
    };
    Ok(found.into_iter().filter_map(block).collect())
}

/// What `asked` brings, unless Omie has blocked the method: `asked` is not begun then.
pub(crate) async fn spared<T>(
    omie: &Omie,
    method: &str,
    state: &impl Documents,
    clock: &Clock,
    asked: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    in_lane(omie.credential_id(), method, state, clock, asked).await
}

async fn in_lane<T>(
    credential: &str,
    method: &str,
    state: &impl Documents,
    clock: &Clock,
    asked: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    if let Some(until) = blocked(credential, method, state).await.filter(|until| *until > clock.now()) {
        let seconds = clock::until(clock.now(), until).as_secs() + 1;
        return Err(CallError::new("omie", method, Fault::Blocked { seconds }));
    }
    let answer = asked.await;
    if let Err(CallError { fault: Fault::Blocked { seconds }, method, .. }) = &answer {
        let until = clock::later(clock.now(), Duration::from_secs(*seconds));
        let (id, body) = (format!("{credential}/{method}"), json!({ "until": until }));
        if let Err(error) = state.put(BLOCK, &id, &body, Expected::Any, Some(until)).await {
            tracing::warn!(error = story(&error), method, "a block of Omie was not remembered");
        }
    }
    answer
}

/// Until when the method is blocked, as far as we know. A store that does not answer is no reason to think that it is.
async fn blocked(credential: &str, method: &str, state: &impl Documents) -> Option<Timestamp> {
    let known = state.get(BLOCK, &format!("{credential}/{method}")).await.ok()??;
    known.body["until"].as_str()?.parse().ok()
}

/// A listing that is not asked for while Omie blocks its method. One that asks Omie nothing is asked as it is.
pub(crate) struct Patient<'a, P, S> {
    pub(crate) source: P,
    pub(crate) state: &'a S,
    pub(crate) clock: &'a Clock,
}

/// How the lanes of listings begin that ask no partner.
pub(crate) const OURS: &str = "ponte";

impl<P, S: Documents> Patient<'_, P, S> {
    async fn asked<T>(
        &self,
        lane: &str,
        asked: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        match lane.split_once('/') {
            Some((credential, method)) if credential != OURS => {
                in_lane(credential, method, self.state, self.clock, asked).await
            }
            _ => asked.await,
        }
    }
}

impl<R: Send, P: Source<R>, S: Documents> Source<R> for Patient<'_, P, S> {
    fn lane(&self) -> String {
        self.source.lane()
    }

    fn overlap(&self) -> Option<Duration> {
        self.source.overlap()
    }

    fn parts(&self, scope: Scope) -> Vec<String> {
        self.source.parts(scope)
    }

    async fn page(&self, question: &Question) -> Result<SourcePage<R>, CallError> {
        self.asked(&self.source.lane(), self.source.page(question)).await
    }

    async fn present(&self, keys: &[Key]) -> Result<Option<HashSet<Key>>, CallError> {
        self.asked(&self.source.lane(), self.source.present(keys)).await
    }
}

#[cfg(test)]
mod tests;
