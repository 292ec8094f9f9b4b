use std::cell::Cell;
use std::time::Duration;

use engine::Memory;
use partner_http::Fault;

use super::*;

const LANE: (&str, &str) = ("5f2a90c1", "ListarClientes");

fn clock() -> Clock {
    Clock::paused(Timestamp::from_second(1_772_452_800).expect("a valid second"))
}

/// Asks in the lane; whether it came to the question, and what was answered.
async fn ask(state: &Memory, clock: &Clock, answer: Result<u32, Fault>) -> (bool, Result<u32, Fault>) {
    let was_asked = Cell::new(false);
    let asked = async {
        was_asked.set(true);
        answer.map_err(|fault| CallError::new("omie", LANE.1, fault))
    };
    let answer = in_lane(LANE.0, LANE.1, state, clock, asked).await;
    (was_asked.get(), answer.map_err(|error| error.fault))
}

#[tokio::test(start_paused = true)]
async fn nobody_asks_while_somebody_was_told_of_a_block_and_everybody_after_it() {
    let clock = clock();
    let state = Memory::new(clock.clone());
    let blocked = Fault::Blocked { seconds: 1_800 };

    assert_eq!(ask(&state, &clock, Err(blocked.clone())).await, (true, Err(blocked)));
    clock.sleep(Duration::from_mins(10)).await;
    assert_eq!(ask(&state, &clock, Ok(1)).await, (false, Err(Fault::Blocked { seconds: 1_201 })));
    clock.sleep(Duration::from_mins(21)).await;
    assert_eq!(ask(&state, &clock, Ok(2)).await, (true, Ok(2)));
}

#[tokio::test(start_paused = true)]
async fn the_blocks_that_are_known_are_named_until_they_are_over() {
    let clock = clock();
    let state = Memory::new(clock.clone());
    let told = clock.now();
    ask(&state, &clock, Err(Fault::Blocked { seconds: 1_800 })).await.1.expect_err("blocked");

    let until = clock::later(told, Duration::from_mins(30));
    assert_eq!(blocks(&state, clock.now()).await.expect("read"), [(LANE.1.to_owned(), until)]);
    assert_eq!(blocks(&state, until).await.expect("read"), []);
}

#[tokio::test(start_paused = true)]
async fn another_method_and_another_credential_are_not_blocked() {
    let clock = clock();
    let state = Memory::new(clock.clone());
    let _ = ask(&state, &clock, Err(Fault::Blocked { seconds: 1_800 })).await;

    for (credential, method) in [(LANE.0, "ConsultarCliente"), ("00000000", LANE.1)] {
        let asked = in_lane(credential, method, &state, &clock, async { Ok(3) }).await;
        assert_eq!(asked.expect("not blocked"), 3, "{credential}/{method}");
    }
}

/// A listing of Omie that is blocked, and one of our own.
struct Listing(&'static str);

impl Source<u32> for Listing {
    fn lane(&self) -> String {
        self.0.to_owned()
    }

    async fn page(&self, _: &Question) -> Result<SourcePage<u32>, CallError> {
        Ok(SourcePage { total_pages: 1, total_records: 1, records: vec![7], ..SourcePage::default() })
    }
}

#[tokio::test(start_paused = true)]
async fn a_listing_is_not_asked_for_while_a_flow_was_told_that_its_method_is_blocked() {
    let clock = clock();
    let state = Memory::new(clock.clone());
    let _ = ask(&state, &clock, Err(Fault::Blocked { seconds: 1_800 })).await;
    let question = Question { scope: Scope::Full, part: String::new(), page: 1 };
    let page = async |lane| {
        let source = Patient { source: Listing(lane), state: &state, clock: &clock };
        source.page(&question).await.map(|page| page.records).map_err(|error| error.fault)
    };

    assert_eq!(page("5f2a90c1/ListarClientes").await, Err(Fault::Blocked { seconds: 1_801 }));
    assert_eq!(page("5f2a90c1/ListarProdutos").await, Ok(vec![7]));
    assert_eq!(page("ponte/praca").await, Ok(vec![7]), "no partner is asked");
}
