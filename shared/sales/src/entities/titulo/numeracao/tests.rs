use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use clock::Clock;
use engine::{Faults, Fingerprint, Harm, Memory, Moment};
use jiff::Timestamp;

use super::super::super::testing::{memory, record};
use super::super::TituloNumerado;
use super::*;

const TITLE: &str = include_str!("../../../../testdata/titulo_a_vencer_com_boleto.json");

fn title(id: i64, sale: &str, instalment: &str) -> omie::Titulo {
    let mut titulo: omie::Titulo = record(TITLE);
    titulo.cabec.cod_titulo = id;
    titulo.cabec.num_os = Some(sale.into());
    titulo.cabec.num_parcela = Some(instalment.into());
    titulo
}

fn cancelled(titulo: omie::Titulo) -> omie::Titulo {
    let cabec = omie::CabecTitulo { status: Some("CANCELADO".into()), ..titulo.cabec };
    omie::Titulo { cabec, ..titulo }
}

async fn run<S: Ledger + Documents>(
    state: &S,
    titulos: &[omie::Titulo],
) -> Result<BTreeMap<i64, Known>, StateError> {
    Ok(numbered(state, titulos, |_, _| true).await?.into_iter().collect())
}

/// The names in Máxima, by title.
async fn names<S: Ledger + Documents>(state: &S, titulos: &[omie::Titulo]) -> BTreeMap<i64, String> {
    let known = run(state, titulos).await.expect("nothing fails");
    known.into_iter().filter_map(|(id, known)| Some((id, name(&known.numero?)))).collect()
}

/// What the engine writes of a title once it is through.
async fn settle(state: &Memory, titulo: &omie::Titulo, known: &Known, accepted: bool) {
    let Known { numero, ja_enviado } = known.clone();
    let record = TituloNumerado { titulo: titulo.clone(), numero, ja_enviado, ..TituloNumerado::default() };
    let fingerprint = accepted.then(|| Fingerprint::of(&1));
    let entry = Entry { fingerprint, facts: Titulo::facts(&record), ..Entry::default() };
    state.record(Titulo::NAME, &[(Titulo::key(&record), entry)]).await.expect("stored");
}

#[tokio::test]
async fn titles_of_a_sale_have_its_number_and_their_instalment() {
    let titulos = [title(1, "1507", "001/003"), title(2, "1507", "002/003"), title(3, "1508", "")];

    let names = names(&memory(), &titulos).await;

    assert_eq!(names, [(1, "1507-1"), (2, "1507-2"), (3, "1508-1")].map(|(id, n)| (id, n.to_owned())).into());
}

#[tokio::test]
async fn other_titles_get_numbers_of_our_own_and_keep_them() {
    let state = memory();
    let titulos = [title(1, "", "2/2"), title(2, "SEM NUMERO", ""), title(3, "2147483648", "")];
    let first = names(&state, &titulos).await;

    let again = names(&state, &[title(9, "", ""), titulos[2].clone(), titulos[0].clone()]).await;

    let expected = [(1, "2000000001-2"), (2, "2000000002-1"), (3, "2000000003-1")];
    assert_eq!(first, expected.map(|(id, name)| (id, name.to_owned())).into());
    assert_eq!((&again[&1], &again[&3]), (&first[&1], &first[&3]));
    assert!(!first.values().any(|name| name == &again[&9]), "{again:?}");
}

#[tokio::test]
async fn a_number_that_another_title_has_is_not_given_again() {
    let state = memory();
    let titulos = [title(1, "1507", "1"), title(2, "1507", "1")];

    let names = names(&state, &titulos).await;

    assert_eq!((names[&1].as_str(), names[&2].as_str()), ("1507-1", "2000000001-1"));
}

#[tokio::test]
async fn a_number_of_our_own_skips_those_that_orders_have() {
    let state = memory();
    let titulos = [title(1, "2000000001", "3"), title(2, "2000000002", "1"), title(3, "", "1")];

    let names = names(&state, &titulos).await;

    assert_eq!(names[&3], "2000000003-1");
}

#[tokio::test]
async fn the_ledger_tells_the_number_even_when_the_sale_has_another_one_now() {
    let state = memory();
    let (titulo, renamed) = (title(1, "1507", "1"), title(1, "9999", "1"));
    let known = run(&state, std::slice::from_ref(&titulo)).await.expect("numbered");
    settle(&state, &titulo, &known[&1], true).await;

    let again = run(&state, &[renamed]).await.expect("numbered");

    assert_eq!(again[&1].numero, known[&1].numero);
    assert!(again[&1].ja_enviado && !known[&1].ja_enviado);
}

#[tokio::test]
async fn a_title_that_was_let_go_and_returns_has_its_number_and_its_first_due_date() {
    let state = memory();
    let first = [title(1, "", ""), title(2, "1507", "1")];
    let before = run(&state, &first).await.expect("numbered");
    let removed = Entry {
        fingerprint: Some(Fingerprint::of(&1)),
        removed: Some(Timestamp::UNIX_EPOCH),
        ..Entry::default()
    };
    let entries: Vec<(Key, Entry)> = [1, 2].map(|id| (Key::from(id), removed.clone())).into();
    state.record(Titulo::NAME, &entries).await.expect("stored");
    let mut later = first.clone();
    for titulo in &mut later {
        titulo.cabec.dt_venc = Some(jiff::civil::date(2026, 1, 1));
    }

    let after = run(&state, &later).await.expect("numbered");

    for id in [1, 2] {
        assert_eq!(after[&id].numero, before[&id].numero, "title {id}");
    }
}

#[tokio::test]
async fn a_cancelled_title_gets_no_number_but_has_the_one_it_may_have_been_sent_under() {
    let state = memory();
    let sent = [title(1, "1507", "1"), title(2, "", "")];
    let before = run(&state, &sent).await.expect("numbered");

    let never_sent =
        [cancelled(title(3, "1508", "1")), cancelled(title(4, "", "")), cancelled(title(5, "1507", "1"))];
    let after = run(&state, &[&sent.map(cancelled)[..], &never_sent[..]].concat()).await.expect("numbered");

    for id in [1, 2] {
        assert_eq!((&after[&id].numero, after[&id].ja_enviado), (&before[&id].numero, true), "title {id}");
    }
    for id in [3, 4, 5] {
        assert_eq!(after[&id], Known::default(), "title {id}");
    }
    assert!(state.get(CHAVE, "1508-1").await.expect("read").is_none());
}

#[tokio::test]
async fn a_title_that_is_not_wanted_gets_no_number_and_keeps_the_one_it_has() {
    let state = memory();
    let (sent, new) = (title(1, "1507", "1"), title(2, "1508", "1"));
    let before = run(&state, std::slice::from_ref(&sent)).await.expect("numbered");
    settle(&state, &sent, &before[&1], true).await;

    let after = numbered(&state, &[sent, new], |_, _| false).await.expect("numbered");

    assert_eq!(after[&1], Known { ja_enviado: true, ..before[&1].clone() });
    assert_eq!(after[&2], Known::default());
}

/// Some of a sale, two that collide, two without number, one twice.
fn page() -> Vec<omie::Titulo> {
    vec![
        title(1, "1507", "1"),
        title(2, "1507", "2"),
        title(3, "1507", "1"),
        title(4, "", "1"),
        title(5, "2000000001", "1"),
        title(4, "", "1"),
        title(6, "", "2"),
    ]
}

fn assert_sound(names: &BTreeMap<i64, String>, case: &str) {
    let distinct: BTreeSet<&String> = names.values().collect();
    assert_eq!((names.len(), distinct.len()), (6, 6), "{case}: {names:?}");
    assert_eq!((names[&2].as_str(), names[&5].as_str()), ("1507-2", "2000000001-1"), "{case}");
}

/// Whether there was such a call. It is struck while the page's other calls are done or not begun, or under way.
async fn survives(call: usize, moment: Moment, harm: Harm, in_turns: bool) -> bool {
    let faults = Faults::default();
    let memory = Memory::with_faults(Clock::paused(Timestamp::UNIX_EPOCH), faults.clone());
    if in_turns {
        return survives_in(&TakingTurns::of(memory), &faults, call, moment, harm).await;
    }
    survives_in(&memory, &faults, call, moment, harm).await
}

async fn survives_in<S: Ledger + Documents>(
    state: &S,
    faults: &Faults,
    call: usize,
    moment: Moment,
    harm: Harm,
) -> bool {
    faults.strike(call, moment, harm);
    let page = page();
    let first = tokio::select! {
        first = run(state, &page) => first.ok(),
        () = faults.crashed() => None,
    };
    let calls = faults.calls();
    faults.spare();
    if calls.len() < call {
        return false;
    }

    let second = names(state, &page).await;
    let mut reversed = page.clone();
    reversed.reverse();
    let third = names(state, &reversed).await;

    let case = format!("{harm:?} {moment:?} call {call} ({})", calls[call - 1]);
    assert!(first.is_none(), "{case}");
    assert_sound(&second, &case);
    assert_eq!(second, third, "{case}: a number is for good");
    true
}

#[tokio::test]
async fn harm_to_any_call_gives_no_title_two_numbers_and_no_number_two_titles() {
    let mut cases = 0;
    for (harm, in_turns) in
        [(Harm::Fail, false), (Harm::Crash, false), (Harm::Fail, true), (Harm::Crash, true)]
    {
        for moment in [Moment::Before, Moment::After] {
            let mut call = 1;
            while survives(call, moment, harm, in_turns).await {
                call += 1;
            }
            cases += call - 1;
        }
    }
    assert!(cases > 120, "only {cases} cases");
}

/// Two runs whose calls take turns, from every starting point of the second.
#[tokio::test]
async fn two_runs_at_once_agree_on_every_number() {
    let mut disputed = BTreeSet::new();
    for lead in 0..40 {
        let state = TakingTurns::of(memory());
        let mut reversed = page();
        reversed.reverse();
        let page = page();
        let late = async {
            for _ in 0..lead {
                tokio::task::yield_now().await;
            }
            numbered(&state, &reversed, |_, _| true).await
        };

        let (one, other) = tokio::join!(numbered(&state, &page, |_, _| true), late);

        let (one, other) = (one.expect("numbered"), other.expect("numbered"));
        let names: BTreeMap<i64, String> =
            one.iter().map(|(id, known)| (*id, name(known.numero.as_ref().expect("a number")))).collect();
        let distinct: BTreeSet<&String> = names.values().collect();
        assert_eq!((names.len(), distinct.len()), (6, 6), "lead {lead}: {names:?}");
        assert_eq!(one, other, "lead {lead}");
        disputed.extend(state.disputed.into_inner().expect("no test panics with it"));
    }
    for document in ["titulo-chave 1507-1", "titulo-numero 4", "titulo-numero proximo"] {
        assert!(disputed.contains(document), "nobody disputed {document}: {disputed:?}");
    }
}

/// How many of a hundred titles have no sale, and the calls that the page may wait for one after the other.
#[tokio::test(start_paused = true)]
async fn a_page_of_new_titles_waits_for_the_store_a_few_times_and_not_once_a_title() {
    for (without_sale, waits) in [(0, 8), (10, 13), (100, 31)] {
        let clock = Clock::paused(Timestamp::UNIX_EPOCH);
        let state = TakingTurns { trip: Some(TRIP), ..TakingTurns::of(Memory::new(clock.clone())) };
        let page: Vec<omie::Titulo> = (1..=100)
            .map(|id| title(id, if id > without_sale { "1507" } else { "" }, &id.to_string()))
            .collect();

        let names = names(&state, &page).await;

        let expected = (1..=100).map(|id| {
            let number = if id > without_sale { 1_507 } else { PRIMEIRO - 1 + id };
            (id, format!("{number}-{id}"))
        });
        assert_eq!(names, expected.collect(), "numbers follow the page");
        let trips = clock::until(Timestamp::UNIX_EPOCH, clock.now()).as_secs() / TRIP.as_secs();
        assert_eq!(trips, waits, "{without_sale} without sale");
        assert_eq!(state.at_once.into_inner().expect("no test panics with it"), (0, AT_ONCE));
    }
}

/// How long a call is under way, in the clock's time.
const TRIP: Duration = Duration::from_secs(10);

/// A memory that lets the others go first, once before each call and once after it.
struct TakingTurns {
    memory: Memory,
    /// How long a call takes, if it takes time.
    trip: Option<Duration>,
    /// Calls under way, and the most there ever were.
    at_once: Mutex<(usize, usize)>,
    /// Documents that somebody wanted to write and somebody else had written.
    disputed: Mutex<BTreeSet<String>>,
}

impl TakingTurns {
    fn of(memory: Memory) -> Self {
        Self { memory, trip: None, at_once: Mutex::default(), disputed: Mutex::default() }
    }

    async fn turn<T>(&self, call: impl Future<Output = T>) -> T {
        self.under_way(|now| now + 1);
        tokio::task::yield_now().await;
        if let Some(trip) = self.trip {
            Clock::paused(Timestamp::UNIX_EPOCH).sleep(trip).await;
        }
        let done = call.await;
        tokio::task::yield_now().await;
        self.under_way(|now| now - 1);
        done
    }

    fn under_way(&self, change: impl Fn(usize) -> usize) {
        let mut at_once = self.at_once.lock().expect("no test panics with it");
        at_once.0 = change(at_once.0);
        at_once.1 = at_once.1.max(at_once.0);
    }
}

impl Ledger for TakingTurns {
    async fn known(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Entry>, StateError> {
        self.turn(self.memory.known(entity, keys)).await
    }

    async fn record(&self, entity: &str, entries: &[(Key, Entry)]) -> Result<(), StateError> {
        self.turn(self.memory.record(entity, entries)).await
    }

    async fn all_facts(&self, entity: &str) -> Result<Vec<(Key, Value)>, StateError> {
        self.turn(self.memory.all_facts(entity)).await
    }

    async fn scan(
        &self,
        entity: &str,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Entry)>, StateError> {
        self.turn(self.memory.scan(entity, after, limit)).await
    }

    fn units_written(&self) -> u64 {
        self.memory.units_written()
    }
}

impl Documents for TakingTurns {
    async fn get(&self, kind: &str, id: &str) -> Result<Option<engine::Document>, StateError> {
        self.turn(self.memory.get(kind, id)).await
    }

    async fn put(
        &self,
        kind: &str,
        id: &str,
        body: &Value,
        expected: Expected,
        expires: Option<Timestamp>,
    ) -> Result<u64, StateError> {
        let put = self.turn(self.memory.put(kind, id, body, expected, expires)).await;
        if let Err(StateError::Conflict { what }) = &put {
            self.disputed.lock().expect("no test panics with it").insert(what.clone());
        }
        put
    }

    async fn list(
        &self,
        kind: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, engine::Document)>, StateError> {
        self.turn(self.memory.list(kind, prefix, limit)).await
    }

    async fn delete(&self, kind: &str, id: &str, expected: Expected) -> Result<(), StateError> {
        self.turn(self.memory.delete(kind, id, expected)).await
    }
}
