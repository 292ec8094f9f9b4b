//! Which keys a reading has met: 4 bytes for each, kept beside the cursor.
//!
//! A hash can only err in one direction: a key that is gone may look like one that was met, and stays one reading
//! longer. The next one has another salt.

use std::collections::HashSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clock::Clock;
use serde_json::json;

use crate::Key;
use crate::ports::{Documents, Expected, StateError};

/// Document kind of the chunks; the id is `<job>/<sweep>/<number>`.
const KIND: &str = "seen";
/// A sweep is forgotten after a day; so are its chunks, a little later.
const KEPT: Duration = Duration::from_hours(48);

/// The keys met so far in one sweep.
#[derive(Debug)]
pub(crate) struct Seen {
    salt: u64,
    prefix: String,
    all: HashSet<u32>,
    unsaved: Vec<u32>,
    is_whole: bool,
}

impl Seen {
    /// Nothing met yet in `sweep` of `job`.
    pub(crate) fn new(job: &str, sweep: &str) -> Self {
        Self {
            salt: fnv(FNV, sweep.as_bytes()),
            prefix: format!("{job}/{sweep}/"),
            all: HashSet::new(),
            unsaved: Vec::new(),
            is_whole: true,
        }
    }

    /// What the first `chunks` chunks hold. If one is missing, nothing can be said to be gone.
    pub(crate) async fn load(
        documents: &impl Documents,
        job: &str,
        sweep: &str,
        chunks: u32,
    ) -> Result<Self, StateError> {
        let mut seen = Self::new(job, sweep);
        if chunks == 0 {
            return Ok(seen);
        }
        let mut found = 0;
        for (id, document) in documents.list(KIND, &seen.prefix, usize::MAX).await? {
            let number = id.strip_prefix(&seen.prefix).and_then(|number| number.parse::<u32>().ok());
            // A later chunk belongs to pages that the cursor does not claim: they will be read again.
            if number.is_some_and(|number| number < chunks) {
                found += 1;
                let hashes = document.body["h"].as_str().and_then(|text| STANDARD.decode(text).ok());
                let hashes = hashes.unwrap_or_default();
                seen.all.extend(
                    hashes
                        .chunks_exact(4)
                        .map(|four| u32::from_le_bytes(four.try_into().expect("chunks of four bytes"))),
                );
            }
        }
        seen.is_whole = found == chunks;
        Ok(seen)
    }

    pub(crate) fn add(&mut self, key: &Key) {
        let hash = self.hash(key);
        if self.all.insert(hash) {
            self.unsaved.push(hash);
        }
    }

    pub(crate) fn has(&self, key: &Key) -> bool {
        self.all.contains(&self.hash(key))
    }

    /// Whether every key that was met is in here.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Saves what is new as chunk `number`, before the cursor that counts it. Says whether there was anything.
    pub(crate) async fn save(
        &mut self,
        documents: &impl Documents,
        clock: &Clock,
        number: u32,
    ) -> Result<bool, StateError> {
        if self.unsaved.is_empty() {
            return Ok(false);
        }
        let bytes: Vec<u8> = self.unsaved.iter().flat_map(|hash| hash.to_le_bytes()).collect();
        let body = json!({ "h": STANDARD.encode(bytes) });
        let id = format!("{}{number:05}", self.prefix);
        let expires = Some(clock::later(clock.now(), KEPT));
        documents.put(KIND, &id, &body, Expected::Any, expires).await?;
        self.unsaved.clear();
        Ok(true)
    }

    fn hash(&self, key: &Key) -> u32 {
        let hash = fnv(self.salt, key.as_str().as_bytes());
        // Folded: the low half alone mixes the last bytes badly.
        u32::try_from((hash ^ (hash >> 32)) & u64::from(u32::MAX)).expect("the low half")
    }
}

const FNV: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a. Written out because a stored hash must mean the same to every version of this program.
fn fnv(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::Memory;

    fn clock() -> Clock {
        Clock::paused(Timestamp::UNIX_EPOCH)
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_saved_is_seen_again_and_what_the_cursor_does_not_claim_is_not() {
        let (memory, clock) = (Memory::new(clock()), clock());
        let mut seen = Seen::new("itens", "s");
        seen.add(&Key::from(1));
        assert!(seen.save(&memory, &clock, 0).await.expect("saved"));
        seen.add(&Key::from(2));
        assert!(seen.save(&memory, &clock, 1).await.expect("saved"));
        assert!(!seen.save(&memory, &clock, 2).await.expect("nothing new"));

        let again = Seen::load(&memory, "itens", "s", 1).await.expect("loaded");

        assert!(again.has(&Key::from(1)) && !again.has(&Key::from(2)) && again.is_whole());
    }

    #[tokio::test(start_paused = true)]
    async fn a_missing_chunk_makes_it_less_than_whole() {
        let memory = Memory::new(clock());

        assert!(!Seen::load(&memory, "itens", "s", 1).await.expect("loaded").is_whole());
        assert!(Seen::load(&memory, "itens", "s", 0).await.expect("loaded").is_whole());
    }

    #[test]
    fn another_sweep_has_other_collisions() {
        let collisions = |sweep: &str| {
            let mut seen = Seen::new("itens", sweep);
            (0..50_000).for_each(|n: i64| seen.add(&Key::from(n)));
            let absent = (50_000..2_000_000).filter(|n| seen.has(&Key::from(*n)));
            absent.collect::<HashSet<i64>>()
        };

        assert!(collisions("a").is_disjoint(&collisions("b")));
    }

    #[test]
    fn a_hash_means_the_same_to_every_version() {
        assert_eq!(Seen::new("itens", "s").hash(&Key::from("5366578297")), STORED);
    }

    const STORED: u32 = 466_619_445;
}
