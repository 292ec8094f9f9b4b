//! A strict cloud: inserting an existing key and updating an unknown one are refused whole, in the vendor's
//! language. It remembers every request and can be told to fail.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use clock::Clock;
use http::{Request, Response};
use jiff::Timestamp;
use maxima::{Cidade, Credentials, Hosts, Maxima};
use partner_http::{Exchange, Limits, Lost, PartnerHttp, Transport};
use serde_json::{Map, Value, json};

/// What goes wrong with the next request of a name.
pub(crate) enum Mishap {
    /// This answer, and nothing is done.
    Answer(u16, &'static str),
    /// Everything is done and the answer is lost.
    LoseAnswer,
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// `POST Cidades`.
    pub(crate) name: String,
    /// Path and query.
    pub(crate) uri: String,
    pub(crate) body: String,
    pub(crate) token: Option<String>,
}

impl Seen {
    pub(crate) fn json(&self) -> Vec<Value> {
        serde_json::from_str(&self.body).expect("an array")
    }
}

#[derive(Default)]
struct State {
    seen: Vec<Seen>,
    /// Records by table, then by key.
    tables: HashMap<String, BTreeMap<String, Map<String, Value>>>,
    mishaps: HashMap<String, VecDeque<Mishap>>,
    logins: u32,
    /// The only token that is accepted, by its number.
    valid: u32,
    in_flight: usize,
    most_in_flight: usize,
    deletes_by: Option<&'static str>,
}

pub(crate) struct Cloud {
    clock: Clock,
    state: Mutex<State>,
}

/// Table and key member of the endpoints that the tests use.
fn table(endpoint: &str) -> (&'static str, &'static str) {
    match endpoint {
        "Cidades" => ("MXSCIDADE", "Codcidade"),
        "Usuaris" => ("MXSUSUARI", "Codusur"),
        other => panic!("the cloud of these tests does not know {other}"),
    }
}

pub(crate) const START: &str = "2025-02-02T12:00:00Z";

/// A client and its cloud, at [`START`].
pub(crate) fn connected() -> (Maxima, Arc<Cloud>) {
    let clock = Clock::paused(START.parse::<Timestamp>().expect("an instant"));
    let cloud = Arc::new(Cloud { clock: clock.clone(), state: Mutex::default() });
    let transport = Transport::in_process(cloud.clone());
    let rng = fastrand::Rng::with_seed(7);
    let http = PartnerHttp::new("maxima", transport, clock.clone(), rng, Limits::default());
    let hosts = Hosts {
        intext: "http://intext.test:81/".to_owned(),
        intpdv: "http://intpdv.test:81/".to_owned(),
        version: "v3".to_owned(),
    };
    let credentials = Credentials { login: "canary-login".into(), password: "canary/password+=".into() };
    (Maxima::new(http, hosts, credentials, clock), cloud)
}

pub(crate) fn cidade(code: impl Into<String>) -> Cidade {
    Cidade {
        codcidade: code.into(),
        codibge: "3550308".to_owned(),
        nomecidade: "SAO PAULO".to_owned(),
        uf: "SP".to_owned(),
    }
}

impl Cloud {
    pub(crate) fn next(&self, name: &str, mishap: Mishap) {
        self.state().mishaps.entry(name.to_owned()).or_default().push_back(mishap);
    }

    /// Puts bare records with these keys into an endpoint's table.
    pub(crate) fn has<K: Into<String>>(&self, endpoint: &str, keys: impl IntoIterator<Item = K>) {
        let (table, column) = table(endpoint);
        let mut state = self.state();
        let records = state.tables.entry(table.to_owned()).or_default();
        for key in keys {
            let key = key.into();
            records.insert(key.clone(), Map::from_iter([(column.to_owned(), Value::from(key))]));
        }
    }

    /// What deletions go by: `key` or `hash`.
    pub(crate) fn deletes_by(&self, selector: &'static str) {
        self.state().deletes_by = Some(selector);
    }

    /// From now on the tokens given so far are refused.
    pub(crate) fn expire_tokens(&self) {
        self.state().valid = u32::MAX;
    }

    pub(crate) fn record(&self, endpoint: &str, key: &str) -> Option<Map<String, Value>> {
        self.state().tables.get(table(endpoint).0)?.get(key).cloned()
    }

    pub(crate) fn seen(&self, name: &str) -> Vec<Seen> {
        self.state().seen.iter().filter(|seen| seen.name == name).cloned().collect()
    }

    /// Names of all requests but logins, in order.
    pub(crate) fn story(&self) -> Vec<String> {
        let state = self.state();
        state.seen.iter().map(|seen| seen.name.clone()).filter(|name| name != "POST Login").collect()
    }

    pub(crate) fn logins(&self) -> u32 {
        self.state().logins
    }

    pub(crate) fn most_in_flight(&self) -> usize {
        self.state().most_in_flight
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no test panics with the state")
    }

    async fn answer(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        let seen = seen(&request);
        let mishap = {
            let mut state = self.state();
            state.seen.push(seen.clone());
            state.in_flight += 1;
            state.most_in_flight = state.most_in_flight.max(state.in_flight);
            state.mishaps.get_mut(&seen.name).and_then(VecDeque::pop_front)
        };
        self.clock.sleep(Duration::from_millis(200)).await;
        let mut state = self.state();
        state.in_flight -= 1;
        match mishap {
            Some(Mishap::Answer(status, body)) => Ok(response(status, body.to_owned())),
            Some(Mishap::LoseAnswer) => {
                state.act(&seen);
                Err(Lost::Unclear)
            }
            None => {
                let (status, body) = state.act(&seen);
                Ok(response(status, body.to_string()))
            }
        }
    }
}

impl Exchange for Cloud {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + '_>> {
        Box::pin(self.answer(request))
    }
}

impl State {
    fn act(&mut self, seen: &Seen) -> (u16, Value) {
        if seen.name == "POST Login" {
            return self.login();
        }
        if seen.token.as_deref() != Some(format!("Bearer token-{}", self.valid).as_str()) {
            return (401, Value::Null);
        }
        let (verb, endpoint) = seen.name.split_once(' ').expect("a verb and an endpoint");
        match (verb, endpoint) {
            (_, "ValidarChaves/Localizar") => self.look_up(seen),
            ("GET", endpoint) => self.get(endpoint),
            ("POST" | "PUT", endpoint) => self.write(verb == "POST", endpoint, &seen.json()),
            ("DELETE", endpoint) => self.delete(endpoint, &seen.json()),
            other => panic!("the cloud of these tests does not know {other:?}"),
        }
    }

    fn login(&mut self) -> (u16, Value) {
        self.logins += 1;
        self.valid = self.logins;
        let token = format!("token-{}", self.valid);
        let body = json!({
            "success": true,
            "data_Criacao": "2025-02-02T09:00:00",
            // Without offset: 23:00 UTC, eleven hours from the start.
            "data_Expiracao": "2025-02-02T20:00:00",
            "token_De_Acesso": token,
            "resposta": "OK",
        });
        (200, body)
    }

    fn look_up(&self, seen: &Seen) -> (u16, Value) {
        let items = seen.json();
        if items.len() > 500 {
            return (400, json!({"success": null, "error": "No máximo 500 chaves"}));
        }
        let table =
            seen.uri.split("entidade=").nth(1).and_then(|rest| rest.split('&').next()).expect("entidade");
        let bare = |key: &str| key.replace('\'', "");
        let stored: BTreeSet<String> =
            self.tables.get(table).into_iter().flat_map(BTreeMap::keys).map(|key| bare(key)).collect();
        let asked = items.iter().map(|item| bare(item["Chave"].as_str().expect("text")));
        // The answer comes without apostrophes and in the cloud's own case.
        let found: Vec<Value> =
            asked.filter(|key| stored.contains(key)).map(|key| json!({"chave": key})).collect();
        (200, json!({"Success": found, "Error": null}))
    }

    fn get(&self, path: &str) -> (u16, Value) {
        let (endpoint, key) = path.split_once('/').expect("a key");
        let record = self.tables.get(table(endpoint).0).and_then(|records| records.get(key)).cloned();
        (200, json!({"success": Vec::from_iter(record), "error": null}))
    }

    fn write(&mut self, insert: bool, endpoint: &str, rows: &[Value]) -> (u16, Value) {
        let (table, column) = table(endpoint);
        let records = self.tables.entry(table.to_owned()).or_default();
        let key = |row: &Value| row[column].as_str().expect("a key").to_owned();
        let refused = |text: &str| (400, json!({"success": null, "error": text}));
        if insert && rows.iter().any(|row| records.contains_key(&key(row))) {
            return refused("Registro já existe");
        }
        if !insert && rows.iter().any(|row| !records.contains_key(&key(row))) {
            return refused("Registro não encontrado");
        }
        for row in rows {
            let members = row.as_object().expect("an object").clone();
            records.entry(key(row)).or_default().extend(members);
        }
        (200, json!({"success": "Registros processados", "error": null}))
    }

    fn delete(&mut self, endpoint: &str, items: &[Value]) -> (u16, Value) {
        let (table, column) = table(endpoint);
        let member = if self.deletes_by == Some("hash") { "Hash" } else { column };
        let records = self.tables.entry(table.to_owned()).or_default();
        let goes = |record: &Map<String, Value>| {
            items
                .iter()
                .any(|item| record.get(member) == Some(item) || record.get(column) == item.get(column))
        };
        records.retain(|_, record| !goes(record));
        (200, json!({"success": "ok", "error": null}))
    }
}

fn seen(request: &Request<Bytes>) -> Seen {
    let uri = request.uri();
    let path = uri.path().strip_prefix("/api/v3/").expect("the path of version 3");
    let text = |value: &http::HeaderValue| value.to_str().expect("text").to_owned();
    Seen {
        name: format!("{} {path}", request.method()),
        uri: uri.to_string(),
        body: String::from_utf8(request.body().to_vec()).expect("text"),
        token: request.headers().get("authorization").map(text),
    }
}

fn response(status: u16, body: String) -> Response<Bytes> {
    Response::builder().status(status).body(body.into()).expect("a response")
}
