//! Keys that the cloud has said it has, remembered so that a million prices do not ask for the same products
//! again and again.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Keys remembered of one table, about 15 MB. Those beyond it are asked for each time: the ones remembered
/// first stay, because rows that name more keys than this name them in turn.
const KEPT: usize = 200_000;

/// By cloud table. Absence is never remembered: the next run may bring the key.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<Tables>);

type Tables = HashMap<&'static str, HashSet<Box<str>>>;

impl Known {
    pub(crate) fn learn(&self, table: &'static str, keys: impl IntoIterator<Item = String>) {
        let mut held = self.held();
        let known = held.entry(table).or_default();
        let room = KEPT.saturating_sub(known.len());
        known.extend(keys.into_iter().take(room).map(String::into_boxed_str));
    }

    /// After a deletion nothing about the table is certain.
    pub(crate) fn forget(&self, table: &'static str) {
        self.held().remove(table);
    }

    /// A look at everything; not to be kept.
    pub(crate) fn look(&self) -> Look<'_> {
        Look(self.held())
    }

    fn held(&self) -> MutexGuard<'_, Tables> {
        // A set of facts is never half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known, for as long as the look lasts.
pub(crate) struct Look<'a>(MutexGuard<'a, Tables>);

impl Look<'_> {
    pub(crate) fn has(&self, table: &str, key: &str) -> bool {
        self.0.get(table).is_some_and(|keys| keys.contains(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_of_a_table_has_an_end() {
        let known = Known::default();
        for thousand in 0..201 {
            known.learn("MXSPRODUT", (0..1_000).map(|unit| (thousand * 1_000 + unit).to_string()));
        }

        let look = known.look();

        assert!(look.has("MXSPRODUT", "0") && look.has("MXSPRODUT", "199999"));
        assert!(!look.has("MXSPRODUT", "200000"));
    }

    #[test]
    fn a_table_is_forgotten_and_the_others_stay() {
        let known = Known::default();
        known.learn("MXSPRODUT", ["1".to_owned()]);
        known.learn("MXSREGIAO", ["1".to_owned()]);

        known.forget("MXSPRODUT");

        assert!(!known.look().has("MXSPRODUT", "1") && known.look().has("MXSREGIAO", "1"));
    }
}
