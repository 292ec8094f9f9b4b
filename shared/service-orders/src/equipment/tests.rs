use std::pin::Pin;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use engine::{Budget, Memory};
use http::{Request, Response};
use partner_http::{Exchange, Lost, Transport};
use senior::SeniorOptions;

use super::*;
use crate::flow::Orders;
use crate::tenant::{Tenant, Wires};

const SECRET: &str = "CANARY-webhook-secret-current";

/// Sismetro's list of equipment.
struct Sismetro {
    clock: Clock,
    pages: Mutex<Vec<Vec<Value>>>,
    /// Whether it says how many pages there are.
    counts: bool,
    /// It refuses the list.
    refuses: Mutex<Option<u16>>,
    /// It does not show this page.
    hides: Mutex<Option<u32>>,
    asked: Mutex<Vec<(jiff::Timestamp, u32)>>,
}

impl Sismetro {
    fn asked(&self) -> Vec<u32> {
        self.asked.lock().expect("nobody panicked").iter().map(|(_, page)| *page).collect()
    }
}

impl Exchange for Sismetro {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + '_>> {
        let query = request.uri().query().unwrap_or_default();
        let page: u32 = query.trim_start_matches("page=").parse().expect("a page");
        self.asked.lock().expect("nobody panicked").push((self.clock.now(), page));
        let pages = self.pages.lock().expect("nobody panicked");
        let refuses = *self.refuses.lock().expect("nobody panicked");
        let items = pages.get(page as usize - 1).cloned().unwrap_or_default();
        let total = self.counts.then_some(pages.len());
        let is_hidden = *self.hides.lock().expect("nobody panicked") == Some(page);
        let shown = json!({"valid": true, "resultList": items, "totalPages": total});
        let body = if is_hidden { json!({"valid": false, "message": "tente mais tarde"}) } else { shown };
        let body = body.to_string();
        let response = Response::builder().status(refuses.unwrap_or(200)).body(Bytes::from(body));
        Box::pin(std::future::ready(Ok(response.expect("a response"))))
    }
}

struct House {
    clock: Clock,
    state: Memory,
    settings: Settings,
    credentials: Credentials,
    sismetro: Arc<Sismetro>,
    tenant: Tenant,
}

fn equipment(n: u32) -> Value {
    json!({"idPatrimonio": 88_121 + 13 * n, "tag": format!("EQ-{n:03}"), "tipoTec": "Balança", "numeroSerie": format!("S{n}")})
}

fn pages(of: &[u32]) -> Vec<Vec<Value>> {
    let mut first = 0;
    let mut page = |count: u32| {
        let page = (first..first + count).map(equipment).collect();
        first += count;
        page
    };
    of.iter().map(|count| page(*count)).collect()
}

impl House {
    fn new(pages: Vec<Vec<Value>>) -> Self {
        Self::with(pages, true)
    }

    fn with(pages: Vec<Vec<Value>>, counts: bool) -> Self {
        let clock = Clock::paused("2026-11-22T08:00:00Z".parse().expect("an instant"));
        let settings = Settings {
            senior: SeniorOptions { tenant_name: "acme".to_owned(), ..SeniorOptions::default() },
            ..Settings::default()
        };
        let text = json!({
            "senior": {"access_key": "K", "secret": "S"},
            "sismetro": {"principal": {"unit": "417", "key": "0123456789abcdef"}},
            "inbound": {"senior": [SECRET]},
        });
        let credentials = Credentials::parse(&text.to_string()).expect("good credentials");
        let (refuses, hides, asked) = (Mutex::default(), Mutex::default(), Mutex::default());
        let pages = Mutex::new(pages);
        let sismetro = Arc::new(Sismetro { clock: clock.clone(), pages, counts, refuses, hides, asked });
        let tenant = opened(&settings, &credentials, &sismetro, &clock);
        let state = Memory::new(clock.clone());
        Self { clock, state, settings, credentials, sismetro, tenant }
    }

    /// With the settings of now.
    fn reopens(&mut self) {
        self.tenant = opened(&self.settings, &self.credentials, &self.sismetro, &self.clock);
    }

    async fn answers(&self, query: Query<'_>) -> Answer {
        self.answers_to("10.0.0.1", query).await
    }

    async fn answers_to(&self, caller: &str, query: Query<'_>) -> Answer {
        let headers = [("X-Webhook-Secret".to_owned(), SECRET.to_owned())];
        let inbound = Inbound { method: "GET", path: PATH, headers: &headers, body: b"" };
        search(&self.state, &self.clock, &self.settings, &self.credentials, inbound, query, caller).await
    }

    async fn finds(&self, q: &str) -> Value {
        let answer = self.answers(Query { q: Some(q), ..Query::default() }).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).expect("JSON")
    }

    async fn refreshes(&self) -> Refreshed {
        let orders = Orders::new(&self.tenant, &self.state, &self.clock);
        refresh(&orders, "test", Budget::unlimited()).await.expect("the store works")
    }

    /// The sweep of each minute, for so many minutes.
    async fn sweeps(&self, minutes: u32) {
        for _ in 0..minutes {
            self.refreshes().await;
            self.clock.sleep(Duration::from_mins(1)).await;
        }
    }

    /// A house whose register was asked for and read.
    async fn filled(pages: Vec<Vec<Value>>) -> Self {
        let house = Self::new(pages);
        house.answers(Query::default()).await;
        house.sweeps(10).await;
        house
    }
}

fn opened(settings: &Settings, credentials: &Credentials, sismetro: &Arc<Sismetro>, clock: &Clock) -> Tenant {
    let wire = || Transport::in_process(Arc::clone(sismetro) as Arc<dyn Exchange>);
    let wires = Wires { senior: wire(), sismetro: wire() };
    Tenant::open(settings.clone(), credentials, wires, clock, fastrand::Rng::with_seed(7))
}

fn ids(found: &Value) -> Vec<&str> {
    let items = found["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item["idPatrimonio"].as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn what_nobody_searches_is_not_read() {
    let house = House::new(pages(&[2]));

    house.sweeps(5).await;

    assert!(house.sismetro.asked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_first_search_asks_for_patience_and_wakes_the_worker_once_a_minute() {
    let house = House::new(pages(&[2]));

    let first = house.answers(Query::default()).await;
    let storm = house.answers(Query::default()).await;
    house.clock.sleep(Duration::from_mins(1)).await;
    let later = house.answers(Query::default()).await;

    assert_eq!((first.status, first.retry_after, first.wake), (503, Some(60), true));
    assert!(first.body.contains("ainda está sendo lida"), "{}", first.body);
    assert_eq!((storm.status, storm.wake, later.wake), (503, false, true));
    assert!(house.sismetro.asked().is_empty(), "a request asks no partner");
    house.refreshes().await;
    assert_eq!(house.finds("").await["total"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_register_is_read_page_by_page_and_counts_when_it_is_whole() {
    let house = House::new(pages(&[2, 2, 2, 2, 1]));
    house.answers(Query::default()).await;

    let first = house.refreshes().await;
    let halfway = house.answers(Query::default()).await;
    house.clock.sleep(Duration::from_mins(1)).await;
    let second = house.refreshes().await;

    assert_eq!((first.pages, first.lists, halfway.status), (3, 0, 503));
    assert_eq!((second.pages, second.lists), (2, 1));
    assert_eq!(house.sismetro.asked(), [1, 2, 3, 4, 5]);
    assert_eq!(house.finds("").await["total"], 9);
}

#[tokio::test(start_paused = true)]
async fn no_storm_of_searches_passes_a_third_of_what_sismetro_allows() {
    let house = House::new(pages(&[1; 30]));
    for minute in 0..20 {
        for _ in 0..30 {
            house.answers_to(&format!("10.0.0.{minute}"), Query::default()).await;
        }
        house.refreshes().await;
        house.clock.sleep(Duration::from_mins(1)).await;
    }

    let asked = house.sismetro.asked.lock().expect("nobody panicked").clone();
    assert_eq!(asked.len(), 30, "each page once");
    for (at, _) in &asked {
        let end = clock::later(*at, Duration::from_mins(1));
        let in_minute = asked.iter().filter(|(other, _)| (*at..end).contains(other)).count();
        assert!(in_minute <= 4, "{in_minute} in the minute after {at}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_does_not_say_how_long_it_is_ends_where_it_is_empty_or_begins_anew() {
    let house = House::with(pages(&[2, 2]), false);
    house.answers(Query::default()).await;
    house.sweeps(3).await;
    assert_eq!((house.sismetro.asked(), &house.finds("").await["total"]), (vec![1, 2, 3], &json!(4)));

    let same = vec![equipment(1), equipment(2)];
    let house = House::with(vec![same.clone(), same.clone(), same], false);
    house.answers(Query::default()).await;
    house.sweeps(3).await;
    assert_eq!((house.sismetro.asked(), &house.finds("").await["total"]), (vec![1, 2], &json!(2)));
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_not_shown_does_not_end_the_register() {
    let house = House::new(pages(&[2, 2, 1]));
    *house.sismetro.hides.lock().expect("nobody panicked") = Some(2);
    house.answers(Query::default()).await;
    house.sweeps(10).await;

    assert_eq!(house.sismetro.asked(), [1, 2], "not each minute");
    let standing = standing(&house.state, [&"principal".to_owned()]).await.expect("read");
    assert!(standing[0].error.as_ref().is_some_and(|why| why.contains("página 2")), "{standing:?}");
    *house.sismetro.hides.lock().expect("nobody panicked") = None;
    house.sweeps(40).await;
    assert_eq!(house.sismetro.asked(), [1, 2, 2, 3]);
    assert_eq!(house.finds("").await["total"], 5);
}

#[tokio::test(start_paused = true)]
async fn a_copy_is_read_again_when_it_is_old_and_serves_meanwhile() {
    let house = House::filled(pages(&[2])).await;
    house.sismetro.pages.lock().expect("nobody panicked")[0].push(equipment(9));
    house.sweeps(5).await;
    assert_eq!(house.sismetro.asked(), [1], "it is new");

    house.clock.sleep(Duration::from_hours(24)).await;
    let old = house.finds("").await;
    house.refreshes().await;
    let new = house.finds("").await;

    assert_eq!((&old["total"], &old["stale"]), (&json!(2), &json!(true)));
    assert_eq!((&new["total"], &new["stale"]), (&json!(3), &json!(false)));
}

#[tokio::test(start_paused = true)]
async fn a_register_that_nobody_searches_any_more_is_left_alone() {
    let house = House::filled(pages(&[2])).await;

    house.clock.sleep(Duration::from_hours(8 * 24)).await;
    house.sweeps(3).await;

    assert_eq!(house.sismetro.asked(), [1]);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_sismetro_refuses_is_not_asked_for_each_minute_and_the_answer_says_why() {
    let house = House::new(pages(&[2]));
    *house.sismetro.refuses.lock().expect("nobody panicked") = Some(404);
    house.answers(Query::default()).await;

    house.sweeps(10).await;
    let answer = house.answers(Query::default()).await;

    assert_eq!(house.sismetro.asked(), [1]);
    assert_eq!((answer.status, answer.kind), (503, "unreadable"));
    assert!(answer.retry_after.is_some_and(|wait| (1_100..=1_300).contains(&wait)), "{answer:?}");
    let standing = standing(&house.state, [&"principal".to_owned()]).await.expect("read");
    assert!(standing[0].error.is_some() && standing[0].items.is_none());
    *house.sismetro.refuses.lock().expect("nobody panicked") = None;
    house.sweeps(31).await;
    assert_eq!(house.finds("").await["total"], 2, "it passed");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_was_never_read_hides_no_others_equipment() {
    let mut house = House::filled(pages(&[2])).await;
    let keys = house.credentials.sismetro["principal"].clone();
    house.credentials.sismetro.insert("outra".to_owned(), keys);

    let answer = house.answers(Query::default()).await;

    assert_eq!((answer.status, answer.wake), (200, true), "the worker is told of the other");
    let found: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!((&found["total"], &found["missing"]), (&json!(2), &json!(["outra"])));
    assert_eq!(house.answers(Query { account: Some("outra"), ..Query::default() }).await.status, 503);
    let mine = house.answers(Query { account: Some("principal"), ..Query::default() }).await;
    assert!(mine.status == 200 && mine.body.contains(r#""missing":[]"#), "{}", mine.body);
}

#[tokio::test(start_paused = true)]
async fn a_register_that_is_longer_than_is_read_says_so() {
    let mut house = House::with(Vec::new(), false);
    house.settings.sismetro.reads_per_minute = 600;
    let endless = (0..2_001).map(|n| vec![equipment(n)]).collect();
    *house.sismetro.pages.lock().expect("nobody panicked") = endless;
    house.reopens();
    house.answers(Query::default()).await;
    assert_eq!(house.answers(Query::default()).await.status, 503);
    for _ in 0..40 {
        house.refreshes().await;
        house.clock.sleep(Duration::from_mins(1)).await;
    }

    let found = house.finds("").await;
    assert_eq!((&found["total"], &found["truncated"]), (&json!(2_000), &json!(true)));
    let standing = standing(&house.state, [&"principal".to_owned()]).await.expect("read");
    assert!(standing[0].truncated);
    let whole = House::filled(pages(&[2])).await;
    assert_eq!(whole.finds("").await["truncated"], json!(false));
}

#[tokio::test(start_paused = true)]
async fn words_are_found_without_accents_and_case_in_every_field() {
    let items = vec![
        json!({"idPatrimonio": 1, "tag": "BAL-01", "tipoTec": "Balança rodoviária", "marca": "Toledo"}),
        json!({"idPatrimonio": 2, "tag": "CLP-02", "tipoTec": "Controlador", "modelo": "Série Ação", "numeroSerie": "X/77"}),
        json!({"idPatrimonio": "30", "tipoTec": "BALANÇA", "numeroPatrimonio": "P-9"}),
    ];
    let house = House::filled(vec![items]).await;

    for (q, found) in [
        ("balanca", vec!["1", "30"]),
        ("BALANÇA toledo", vec!["1"]),
        ("acao", vec!["2"]),
        ("x/77", vec!["2"]),
        ("p-9", vec!["30"]),
        ("bal-01", vec!["1"]),
        ("  ", vec!["1", "2", "30"]),
        ("balança x/77", vec![]),
        ("%", vec![]),
    ] {
        assert_eq!(ids(&house.finds(q).await), found, "{q}");
    }
    let item = &house.finds("toledo").await["items"][0];
    assert_eq!((&item["account"], &item["tag"]), (&json!("principal"), &json!("BAL-01")));
}

#[tokio::test(start_paused = true)]
async fn long_answers_come_in_pages() {
    let house = House::filled(pages(&[20, 20, 5])).await;
    let page = async |page: &str| {
        let answer = house.answers(Query { page: Some(page), ..Query::default() }).await;
        serde_json::from_str::<Value>(&answer.body).expect("JSON")
    };

    let (first, last, past) = (page("1").await, page("3").await, page("9").await);

    assert_eq!((&first["total"], &first["pages"], ids(&first).len()), (&json!(45), &json!(3), 20));
    assert_eq!((ids(&last).len(), ids(&past).len()), (5, 0));
    assert_ne!(ids(&first)[0], ids(&last)[0]);
}

#[tokio::test(start_paused = true)]
async fn one_caller_cannot_keep_the_others_from_searching() {
    let house = House::filled(pages(&[1])).await;
    let mut answers = Vec::new();
    for _ in 0..15 {
        answers.push(house.answers_to("10.9.9.9", Query::default()).await);
    }

    let refused: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert_eq!(refused.len(), 5);
    assert!(refused[0].retry_after.is_some() && refused[0].body.contains("muitas buscas"), "{refused:?}");
    assert_eq!(house.answers_to("10.8.8.8", Query::default()).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn only_who_shows_the_erps_secret_searches() {
    let house = House::filled(pages(&[1])).await;
    let of = async |method: &'static str, path: &'static str, secret: &str| {
        let headers = [("x-webhook-secret".to_owned(), secret.to_owned())];
        let inbound = Inbound { method, path, headers: &headers, body: b"" };
        let House { state, clock, settings, credentials, .. } = &house;
        search(state, clock, settings, credentials, inbound, Query::default(), "a").await
    };

    for (method, path, secret, status) in [
        ("GET", PATH, "", 401),
        ("GET", PATH, "CANARY-webhook-secret-currenT", 401),
        ("POST", PATH, SECRET, 405),
        ("GET", "/webhooks/senior/other", SECRET, 404),
        ("GET", PATH, SECRET, 200),
    ] {
        let answer = of(method, path, secret).await;
        assert_eq!(answer.status, status, "{method} {path} {secret}");
        assert!(status == 200 || answer.body.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_search_that_makes_no_sense_says_why() {
    let house = House::filled(pages(&[1])).await;
    let long = "x".repeat(101);
    for (query, said) in [
        (Query { q: Some(&long), ..Query::default() }, "100 caracteres"),
        (Query { page: Some("0"), ..Query::default() }, "página"),
        (Query { page: Some("x"), ..Query::default() }, "página"),
        (Query { page: Some("-1"), ..Query::default() }, "página"),
        (Query { account: Some("outra"), ..Query::default() }, "conta"),
    ] {
        let answer = house.answers(query).await;
        assert!(answer.status == 400 && answer.body.contains(said), "{query:?}: {}", answer.body);
    }
}
