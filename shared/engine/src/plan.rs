//! What to do with each record of a page. Pure: values in, values out.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::ports::{Absent, Entry, Quarantined};
use crate::{Counters, Entity, Fingerprint, Key, Mapped, SourcePage, Why};

/// A row the partner has refused is not sent again unchanged for this long
/// (`contracts/omie-maxima-mapping.md` §3.6).
pub(crate) const BACK_OFF: Duration = Duration::from_hours(1);

/// A record after the map.
#[derive(Clone, Debug)]
pub(crate) struct Candidate<Row> {
    pub(crate) key: Key,
    pub(crate) facts: Option<Value>,
    pub(crate) mapped: Mapped<Row>,
    pub(crate) origin: Origin,
}

/// Where a candidate comes from. Only a record that was read tells facts; else the ones we know stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The source delivered it.
    Listed,
    /// The source delivered it, in a shape we cannot read.
    Unreadable,
    /// The source says that it was deleted.
    Deleted,
    /// No source delivered it.
    Guaranteed,
}

/// What the ledger and the quarantine hold of the keys of a page.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) ledger: HashMap<Key, Entry>,
    pub(crate) quarantine: HashMap<Key, Quarantined>,
}

/// What is to be done.
#[derive(Debug)]
pub(crate) struct Plan<Row> {
    /// To be checked and written.
    pub(crate) rows: Vec<Row>,
    /// What belongs to each of `rows`, in their order.
    pub(crate) slips: Vec<Slip>,
    /// What is decided without the target.
    pub(crate) outcome: Outcome,
}

/// What goes with a row to the target and back into the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slip {
    pub(crate) key: Key,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) known: bool,
    /// What the ledger will say once the row is accepted.
    accepted: Entry,
    /// What the ledger will say if it is not, where that is news.
    kept_out: Option<Entry>,
    /// The record as it is in quarantine now.
    held: Option<Quarantined>,
}

/// What the ledger, the quarantine and the counters are to learn.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Entries that change; an unchanged record has none.
    pub(crate) entries: Vec<(Key, Entry)>,
    /// To be kept out.
    pub(crate) aside: HashMap<Key, Quarantined>,
    /// No longer to be kept out.
    pub(crate) cleared: Vec<Key>,
    /// What became of the rows.
    pub(crate) counters: Counters,
    /// Why rows were skipped, and how many for each reason.
    pub(crate) skipped: BTreeMap<&'static str, u64>,
    /// Rows in use that are no longer for the target, or whose records were deleted.
    pub(crate) leaving: Vec<Key>,
}

/// Maps the records of page `number`; of several with one key the last wins. A row without a key of its own is
/// named by its place in the page, so that each is listed: readable rows count from 1, unreadable ones after them.
pub(crate) fn map_page<E: Entity>(
    number: u32,
    page: SourcePage<E::Record>,
    refs: &E::Refs,
) -> (Vec<Candidate<E::Row>>, u64) {
    let mut candidates: Vec<Candidate<E::Row>> = Vec::with_capacity(page.records.len());
    let mut places: HashMap<Key, usize> = HashMap::with_capacity(page.records.len());
    let mut repeated = 0;
    let unreadable_from = page.records.len() + 1;
    for (record, position) in page.records.into_iter().zip(1..) {
        let candidate = candidate::<E>(record, refs, || Key::of_place(number, position));
        if let Some(&place) = places.get(&candidate.key) {
            repeated += 1;
            candidates[place] = candidate;
        } else {
            places.insert(candidate.key.clone(), candidates.len());
            candidates.push(candidate);
        }
    }
    for ((key, why), position) in page.unreadable.into_iter().zip(unreadable_from..) {
        // A key of a row that could be read, or of another unreadable one, would hide one of the two.
        let is_usable = !key.is_empty() && !key.is_place() && !places.contains_key(&key);
        let key = if is_usable { key } else { Key::of_place(number, position) };
        places.insert(key.clone(), candidates.len());
        let mapped = Mapped::Reject(vec![why]);
        candidates.push(Candidate { key, facts: None, mapped, origin: Origin::Unreadable });
    }
    // A record that is listed again after it was deleted is there.
    for key in page.gone.into_iter().filter(|key| !key.is_empty() && !places.contains_key(key)) {
        candidates.push(Candidate { key, facts: None, mapped: Mapped::Gone(""), origin: Origin::Deleted });
    }
    (candidates, repeated)
}

fn candidate<E: Entity>(record: E::Record, refs: &E::Refs, place: impl FnOnce() -> Key) -> Candidate<E::Row> {
    let (key, facts) = (E::key(&record), E::facts_with(&record, refs));
    if key.is_empty() || key.is_place() {
        let rule = "registro sem código: não pode ser acompanhado; corrija no cadastro de origem";
        let mapped = Mapped::Reject(vec![Why::new("", key.as_str(), rule)]);
        return Candidate { key: place(), facts: None, mapped, origin: Origin::Listed };
    }
    Candidate { key, facts, mapped: E::map(record, refs), origin: Origin::Listed }
}

/// Compares the candidates with what is known. `sweep` names the reading they come from.
pub(crate) fn plan<Row: Serialize>(
    candidates: Vec<Candidate<Row>>,
    mut known: Known,
    sweep: &str,
    now: Timestamp,
) -> Plan<Row> {
    let mut plan = Plan { rows: Vec::new(), slips: Vec::new(), outcome: Outcome::default() };
    for Candidate { key, facts, mapped, origin } in candidates {
        let before = known.ledger.remove(&key).unwrap_or_default();
        let held = known.quarantine.remove(&key);
        let guaranteed = origin == Origin::Guaranteed;
        let facts = if origin == Origin::Listed { facts } else { before.facts.clone() };
        let seen = Entry { facts, absent: None, ..before.clone() };
        let outcome = &mut plan.outcome;
        match mapped {
            Mapped::Row(row) => {
                let slip = Slip::new(key, Fingerprint::of(&row), &before, seen, guaranteed, held);
                if before.is_in_use() && before.fingerprint.as_ref() == Some(&slip.fingerprint) {
                    outcome.unchanged(slip, &before);
                } else if slip.is_resting(now) {
                    outcome.resting(slip);
                } else {
                    plan.rows.push(row);
                    plan.slips.push(slip);
                }
            }
            Mapped::Gone(why) if before.is_in_use() => {
                let absent = Some(Absent { sweep: sweep.to_owned(), sure: true });
                outcome.leaving(key, Entry { absent, ..seen }, &before);
                outcome.skip(why, origin);
            }
            Mapped::Skip(why) | Mapped::Gone(why) => {
                outcome.settle(key, seen, &before, held.as_ref());
                outcome.skip(why, origin);
            }
            Mapped::Reject(why) => {
                let record = Quarantined::again(held.as_ref(), why, None, false, now);
                outcome.unmappable(key, record, seen, &before);
            }
        }
    }
    plan
}

impl Slip {
    fn new(
        key: Key,
        fingerprint: Fingerprint,
        before: &Entry,
        seen: Entry,
        guaranteed: bool,
        held: Option<Quarantined>,
    ) -> Self {
        let known = before.is_accepted();
        let facts = seen.facts.clone();
        let accepted =
            Entry { fingerprint: Some(fingerprint.clone()), guaranteed, facts, ..Entry::default() };
        let kept_out = (seen != *before).then_some(seen);
        Self { key, fingerprint, known, accepted, kept_out, held }
    }

    /// Whether sending this row again would only be refused again.
    fn is_resting(&self, now: Timestamp) -> bool {
        self.held.as_ref().is_some_and(|held| {
            held.refused
                && held.fingerprint.as_ref() == Some(&self.fingerprint)
                && now < clock::later(held.last, BACK_OFF)
        })
    }
}

impl Outcome {
    /// The target has taken the row.
    pub(crate) fn accepted(&mut self, slip: Slip) {
        let counter = if slip.known { &mut self.counters.updated } else { &mut self.counters.created };
        *counter += 1;
        if slip.held.is_some() {
            self.cleared.push(slip.key.clone());
        }
        self.entries.push((slip.key, slip.accepted));
    }

    /// Our own rules keep the row out.
    pub(crate) fn rejected(&mut self, slip: Slip, why: Vec<Why>, now: Timestamp) {
        self.counters.rejected += 1;
        self.keep_out(slip, why, false, now);
    }

    /// The partner has refused the row.
    pub(crate) fn refused(&mut self, slip: Slip, text: String, now: Timestamp) {
        self.counters.failed += 1;
        self.keep_out(slip, vec![Why::refused(text)], true, now);
    }

    fn keep_out(&mut self, slip: Slip, why: Vec<Why>, refused: bool, now: Timestamp) {
        let Slip { key, fingerprint, kept_out, held, .. } = slip;
        let record = Quarantined::again(held.as_ref(), why, Some(fingerprint), refused, now);
        self.entries.extend(kept_out.map(|entry| (key.clone(), entry)));
        self.aside.insert(key, record);
    }

    fn unchanged(&mut self, slip: Slip, before: &Entry) {
        self.counters.unchanged += 1;
        self.settle(slip.key, slip.accepted, before, slip.held.as_ref());
    }

    fn resting(&mut self, slip: Slip) {
        self.counters.failed += 1;
        self.entries.extend(slip.kept_out.map(|entry| (slip.key, entry)));
    }

    /// What was deleted was not delivered, so it is not counted among what was.
    fn skip(&mut self, why: &'static str, origin: Origin) {
        if origin != Origin::Deleted {
            *self.skipped.entry(why).or_default() += 1;
            self.counters.skipped += 1;
        }
    }

    fn leaving(&mut self, key: Key, seen: Entry, before: &Entry) {
        self.leaving.push(key.clone());
        self.note(key, seen, before);
    }

    fn unmappable(&mut self, key: Key, record: Quarantined, seen: Entry, before: &Entry) {
        self.counters.rejected += 1;
        self.note(key.clone(), seen, before);
        self.aside.insert(key, record);
    }

    fn settle(&mut self, key: Key, seen: Entry, before: &Entry, held: Option<&Quarantined>) {
        if held.is_some() {
            self.cleared.push(key.clone());
        }
        self.note(key, seen, before);
    }

    /// Only news is written; a record that was never accepted and has no facts is not worth an entry.
    fn note(&mut self, key: Key, seen: Entry, before: &Entry) {
        if seen != *before {
            self.entries.push((key, seen));
        }
    }
}

impl Quarantined {
    /// The record is kept out at `now`, and perhaps was before.
    pub(crate) fn again(
        before: Option<&Self>,
        why: Vec<Why>,
        fingerprint: Option<Fingerprint>,
        refused: bool,
        now: Timestamp,
    ) -> Self {
        let since = before.map_or(now, |before| before.since);
        let attempts = before.map_or(0, |before| before.attempts) + 1;
        Self { why, fingerprint, refused, since, last: now, attempts }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HOUR: i64 = 3_600;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a valid second")
    }

    fn row(key: i64, value: i64) -> Candidate<i64> {
        Candidate { key: key.into(), facts: None, mapped: Mapped::Row(value), origin: Origin::Listed }
    }

    fn accepted(value: i64) -> Entry {
        Entry { fingerprint: Some(Fingerprint::of(&value)), ..Entry::default() }
    }

    fn known(key: i64, entry: Entry) -> Known {
        Known { ledger: HashMap::from([(key.into(), entry)]), ..Known::default() }
    }

    fn held(key: i64, value: i64, refused: bool, last: Timestamp) -> Known {
        let fingerprint = Some(Fingerprint::of(&value));
        let record = Quarantined::again(None, vec![Why::refused("não")], fingerprint, refused, last);
        Known { quarantine: HashMap::from([(key.into(), record)]), ..Known::default() }
    }

    struct Names;

    impl Entity for Names {
        const NAME: &'static str = "nome";
        const AFTER: &'static [&'static str] = &[];
        type Record = &'static str;
        type Row = &'static str;
        type Refs = ();

        fn key(record: &&'static str) -> Key {
            (*record).into()
        }

        fn map(record: &'static str, (): &()) -> Mapped<&'static str> {
            Mapped::Row(record)
        }

        fn facts_with(record: &&'static str, (): &()) -> Option<Value> {
            (*record == "kept").then(|| json!("told"))
        }
    }

    #[test]
    fn what_a_record_tells_may_depend_on_what_the_map_depends_on() {
        let page = SourcePage { total_records: 2, records: vec!["kept", "sent"], ..SourcePage::default() };

        let (candidates, _) = map_page::<Names>(1, page, &());

        let facts: Vec<_> = candidates.into_iter().map(|candidate| candidate.facts).collect();
        assert_eq!(facts, [Some(json!("told")), None]);
    }

    #[test]
    fn a_row_without_a_key_of_its_own_is_named_by_its_place() {
        let why = || Why::refused("ilegível");
        let unreadable = ["a", "", "c", "c", "?p3-2"].map(|key| (Key::from(key), why())).to_vec();
        let records = vec!["?p3-9", "a", "", "a"];
        let page = SourcePage { total_pages: 3, total_records: 9, records, unreadable, gone: Vec::new() };

        let (candidates, repeated) = map_page::<Names>(3, page, &());

        let keys: Vec<_> = candidates.iter().map(|candidate| candidate.key.as_str()).collect();
        assert_eq!(keys, ["?p3-1", "a", "?p3-3", "?p3-5", "?p3-6", "c", "?p3-8", "?p3-9"]);
        assert_eq!((candidates[1].mapped.clone(), repeated), (Mapped::Row("a"), 1));
        let rejected = |candidate: &Candidate<_>| matches!(candidate.mapped, Mapped::Reject(_));
        assert_eq!(candidates.iter().filter(|candidate| rejected(candidate)).count(), 7);
    }

    #[test]
    fn an_unknown_row_is_created_and_a_changed_one_updated() {
        let plan = plan(vec![row(1, 10), row(2, 20)], known(2, accepted(21)), "s", at(0));

        let going: Vec<_> = plan.slips.iter().map(|slip| (slip.key.as_str(), slip.known)).collect();
        assert_eq!((plan.rows, going), (vec![10, 20], vec![("1", false), ("2", true)]));
    }

    #[test]
    fn an_unchanged_row_changes_nothing() {
        let plan = plan(vec![row(1, 10)], known(1, accepted(10)), "s", at(0));

        assert_eq!((plan.rows.len(), plan.outcome.entries.len()), (0, 0));
        assert_eq!(plan.outcome.counters.unchanged, 1);
    }

    #[test]
    fn new_facts_of_an_unchanged_row_are_news_for_the_ledger_alone() {
        let with_facts = Candidate { facts: Some(json!("uf")), ..row(1, 10) };

        let plan = plan(vec![with_facts], known(1, accepted(10)), "s", at(0));

        assert_eq!(plan.rows.len(), 0);
        let entry = Entry { facts: Some(json!("uf")), ..accepted(10) };
        assert_eq!(plan.outcome.entries, [(Key::from(1), entry)]);
    }

    #[test]
    fn a_rejected_record_keeps_what_the_target_holds() {
        let rejected = Candidate { mapped: Mapped::Reject(vec![Why::missing("nome")]), ..row(1, 0) };

        let plan = plan(vec![rejected], known(1, accepted(10)), "s", at(7));

        assert_eq!(plan.outcome.entries, []);
        assert_eq!(plan.outcome.aside[&Key::from(1)].since, at(7));
    }

    #[test]
    fn a_refused_row_rests_and_one_that_broke_our_rules_does_not() {
        let refused = plan(vec![row(1, 10)], held(1, 10, true, at(0)), "s", at(HOUR - 1));
        let later = plan(vec![row(1, 10)], held(1, 10, true, at(0)), "s", at(HOUR));
        let changed = plan(vec![row(1, 11)], held(1, 10, true, at(0)), "s", at(1));
        let ours = plan(vec![row(1, 10)], held(1, 10, false, at(0)), "s", at(1));

        let sent = [refused, later, changed, ours].map(|plan| plan.rows.len());
        assert_eq!(sent, [0, 1, 1, 1]);
    }

    #[test]
    fn a_settled_record_leaves_quarantine() {
        let mut known = held(1, 10, true, at(0));
        known.ledger.insert(1.into(), accepted(10));

        let plan = plan(vec![row(1, 10)], known, "s", at(1));

        assert_eq!(plan.outcome.cleared, [Key::from(1)]);
    }
}
