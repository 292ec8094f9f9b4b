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
    /// Deleting what is not there is refused.
    misses_what_is_gone: bool,
    /// Endpoints whose updates of unknown rows are taken in silence.
    ignores: BTreeSet<&'static str>,
    /// Rows that are refused, by endpoint and key, with these words.
    refused: Vec<(&'static str, String, &'static str)>,
}

pub(crate) struct Cloud {
    clock: Clock,
    state: Mutex<State>,
}

/// Table and key members of the endpoints that the tests use.
fn table(endpoint: &str) -> (&'static str, &'static [&'static str]) {
    match endpoint {
        "Cidades" => ("MXSCIDADE", &["Codcidade"]),
        "Usuaris" => ("MXSUSUARI", &["Codusur"]),
        "Produtos" => ("MXSPRODUT", &["Codprod"]),
        "Regioes" => ("MXSREGIAO", &["Numregiao"]),
        "Tributos" => ("MXSTRIBUT", &["CodSt"]),
        "TabelasPrecos" => ("MXSTABPR", &["Codprod", "Numregiao"]),
        "HistoricosPedidosCapas" => ("MXSHISTORICOPEDC", &["Numped"]),
        "HistoricosPedidosItens" => ("MXSHISTORICOPEDI", &["Numped", "Numseq", "Codprod"]),
        other => panic!("the cloud of these tests does not know {other}"),
    }
}

/// Its values of the key members, joined by a slash; nothing when one is missing.
fn key_in(row: &Value, columns: &[&str]) -> Option<String> {
    let parts = columns.iter().map(|column| Some(text_of(row.get(*column)?)));
    Some(parts.collect::<Option<Vec<String>>>()?.join("/"))
}

/// A key as text, whatever its type.
fn text_of(key: &Value) -> String {
    match key {
        Value::String(text) => text.clone(),
        other => other.to_string(),
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

    /// Puts bare records with these keys into an endpoint's table; the parts of a key are joined by a slash.
    pub(crate) fn has<K: Into<String>>(&self, endpoint: &str, keys: impl IntoIterator<Item = K>) {
        let (table, columns) = table(endpoint);
        let mut state = self.state();
        let records = state.tables.entry(table.to_owned()).or_default();
        for key in keys {
            let key = key.into();
            let members = columns.iter().zip(key.split('/'));
            let record = members.map(|(name, value)| ((*name).to_owned(), Value::from(value))).collect();
            records.insert(key, record);
        }
    }

    /// Refuses every write with this row among its rows.
    pub(crate) fn refuses(&self, endpoint: &'static str, key: &str, words: &'static str) {
        self.state().refused.push((endpoint, key.to_owned(), words));
    }

    /// From now on updates of unknown rows are taken and come to nothing.
    pub(crate) fn ignores_unknown(&self, endpoint: &'static str) {
        self.state().ignores.insert(endpoint);
    }

    /// From now on a deletion that names a row that is not there is refused whole.
    pub(crate) fn misses_what_is_gone(&self) {
        self.state().misses_what_is_gone = true;
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
            ("GET", path) if path.starts_with("Status") => (200, json!({"success": [], "error": null})),
            ("PUT", "StatusPedidos" | "StatusCriticas" | "StatusClientes") => {
                (200, json!({"success": "Registros processados", "error": null}))
            }
            ("PUT", endpoint) if self.ignores.contains(endpoint) => {
                self.update_in_silence(endpoint, &seen.json())
            }
            ("GET", endpoint) => self.get(endpoint),
            ("POST" | "PUT", endpoint) => self.write(verb == "POST", endpoint, &seen.json()),
            ("DELETE", path) if path.contains('/') => self.delete_path(path),
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
        let parameter = |name: &str| {
            let value = seen.uri.split(&format!("{name}=")).nth(1).and_then(|rest| rest.split('&').next());
            value.expect("a parameter").to_owned()
        };
        let (table, column) = (parameter("entidade"), parameter("colunaPK"));
        let bare = |key: &str| key.replace('\'', "");
        let records = self.tables.get(&table).into_iter().flat_map(BTreeMap::values);
        let stored: BTreeSet<String> =
            records.filter_map(|record| Some(bare(&text_of(record.get(&column)?)))).collect();
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
        let (table, columns) = table(endpoint);
        let records = self.tables.entry(table.to_owned()).or_default();
        let key = |row: &Value| key_in(row, columns).expect("a key");
        let refused = |text: &str| (400, json!({"success": null, "error": text}));
        if insert && rows.iter().any(|row| records.contains_key(&key(row))) {
            return refused("Registro já existe");
        }
        if !insert && rows.iter().any(|row| !records.contains_key(&key(row))) {
            return refused("Registro não encontrado");
        }
        let bad = self
            .refused
            .iter()
            .find(|(of, bad, _)| *of == endpoint && rows.iter().any(|row| key(row) == *bad));
        if let Some((_, _, words)) = bad {
            return refused(words);
        }
        for row in rows {
            let members = row.as_object().expect("an object").clone();
            records.entry(key(row)).or_default().extend(members);
        }
        (200, json!({"success": "Registros processados", "error": null}))
    }

    /// Updates what is there and says nothing of what is not.
    fn update_in_silence(&mut self, endpoint: &str, rows: &[Value]) -> (u16, Value) {
        let (table, columns) = table(endpoint);
        let records = self.tables.entry(table.to_owned()).or_default();
        for row in rows {
            if let Some(record) = records.get_mut(&key_in(row, columns).expect("a key")) {
                record.extend(row.as_object().expect("an object").clone());
            }
        }
        (200, json!({"success": "Registros processados", "error": null}))
    }

    fn delete(&mut self, endpoint: &str, items: &[Value]) -> (u16, Value) {
        let (table, columns) = table(endpoint);
        let member = if self.deletes_by == Some("hash") { "Hash" } else { columns[0] };
        let records = self.tables.entry(table.to_owned()).or_default();
        let names = |item: &Value, key: &str, record: &Map<String, Value>| {
            record.get(member) == Some(item) || key_in(item, columns).as_deref() == Some(key)
        };
        let there = |item: &Value| records.iter().any(|(key, record)| names(item, key, record));
        if self.misses_what_is_gone && !items.iter().all(there) {
            return (400, json!({"success": null, "error": "Registro não encontrado"}));
        }
        records.retain(|key, record| !items.iter().any(|item| names(item, key, record)));
        (200, json!({"success": "ok", "error": null}))
    }

    fn delete_path(&mut self, path: &str) -> (u16, Value) {
        let numped =
            path.strip_prefix("HistoricosPedidosItens/RemoverItens/").expect("the one path there is");
        let items = self.tables.entry("MXSHISTORICOPEDI".to_owned()).or_default();
        let before = items.len();
        items.retain(|key, _| !key.starts_with(&format!("{numped}/")));
        if items.len() == before {
            return (400, json!({"success": null, "error": "Registro não encontrado"}));
        }
        (200, json!({"success": "ok", "error": null}))
    }
}

fn seen(request: &Request<Bytes>) -> Seen {
    let uri = request.uri();
    // The order paths of the outbound API are of version 1, all others of version 3.
    let version =
        if uri.path().contains("StatusPedidos") || uri.path().contains("StatusCriticas") { 1 } else { 3 };
    let outbound = uri.path().contains("/Status");
    assert_eq!(uri.host(), Some(if outbound { "intpdv.test" } else { "intext.test" }), "{uri}");
    let path = uri.path().strip_prefix(&format!("/api/v{version}/")).expect("the path of its version");
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
