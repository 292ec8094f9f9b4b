//! Senior X and Sismetro, as small as the flow lets them be.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use clock::Clock;
use engine::Faults;
use http::{Method, Request, Response};
use partner_http::{Exchange, Lost};
use serde_json::{Value, json};

/// One SS.
#[derive(Clone, Debug)]
pub(crate) struct Ss {
    pub(crate) status: String,
    pub(crate) opened: String,
    pub(crate) body: String,
}

/// What both know and were asked.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of a test")]
pub(crate) struct Data {
    /// Situation of each order in the ERP.
    pub(crate) orders: BTreeMap<String, &'static str>,
    pub(crate) notes: Vec<(String, String)>,
    pub(crate) ss: BTreeMap<u64, Ss>,
    pub(crate) calls: Vec<String>,
    /// The next call whose name has this is lost: before it is carried out, or after.
    pub(crate) lose: Option<(&'static str, bool)>,
    /// Calls whose name has this are answered with 503 or 401.
    pub(crate) down: Option<(&'static str, u16)>,
    /// SS whose look-up is answered with 500.
    pub(crate) broken: BTreeSet<u64>,
    /// Sismetro copies the order into its list.
    pub(crate) copies: bool,
    /// The reply to an opening has the link.
    pub(crate) links: bool,
    /// The ERP cancels orders that wait.
    pub(crate) cancels_waiting: bool,
    /// The reply to an opening names this SS, whichever it has opened.
    pub(crate) names_instead: Option<u64>,
    /// SS on a page of the list.
    pub(crate) page: usize,
    /// The list does not say how long it is.
    pub(crate) endless: bool,
    /// This page of the list is refused with words.
    pub(crate) hidden: Option<usize>,
    /// Content types and bodies of the openings.
    pub(crate) opened: Vec<(String, String, String)>,
}

#[derive(Debug)]
pub(crate) struct Partners {
    clock: Clock,
    faults: Faults,
    data: Mutex<Data>,
}

impl Partners {
    pub(crate) fn new(clock: Clock, faults: Faults) -> Self {
        let data = Data {
            orders: BTreeMap::new(),
            notes: Vec::new(),
            ss: BTreeMap::new(),
            calls: Vec::new(),
            lose: None,
            down: None,
            broken: BTreeSet::new(),
            copies: true,
            links: true,
            cancels_waiting: true,
            names_instead: None,
            page: 100,
            endless: false,
            hidden: None,
            opened: Vec::new(),
        };
        Self { clock, faults, data: Mutex::new(data) }
    }

    pub(crate) fn data(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often a call of this name was carried out.
    pub(crate) fn count(&self, name: &str) -> usize {
        self.data().calls.iter().filter(|call| call.as_str() == name).count()
    }

    fn answer(&self, request: &Request<Bytes>) -> Answer {
        let path = request.uri().path().to_owned();
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        let name = if path.contains("/apis/order/") { "order".to_owned() } else { name };
        let name =
            if request.method() == Method::POST && name == "e120obs" { "note".to_owned() } else { name };
        let lose = self.data().lose.take_if(|(lost, _)| name.contains(*lost));
        if let Some((_, false)) = lose {
            return Answer::Lost;
        }
        let down = self.data().down.filter(|(down, _)| name.contains(down));
        if let Some((_, status)) = down {
            return Answer::Said(status, json!({"message": "fora do ar"}));
        }
        let (status, body) = self.act(&name, &path, request);
        self.data().calls.push(name);
        if lose.is_some() { Answer::Lost } else { Answer::Said(status, body) }
    }

    fn act(&self, name: &str, path: &str, request: &Request<Bytes>) -> (u16, Value) {
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let query = request.uri().query().unwrap_or_default();
        let id = path.rsplit('/').next().unwrap_or_default().to_owned();
        let mut data = self.data();
        match name {
            "loginWithKey" => {
                let token = json!({"access_token": "at-1", "refresh_token": "rt-1", "expires_in": 604_800});
                (200, json!({ "jsonToken": token.to_string() }))
            }
            "order" => match data.orders.get(&id) {
                Some(situation) => {
                    let (company, branch) = (json!({"code": 1}), json!({"code": 3}));
                    let order =
                        json!({"id": id, "company": company, "branch": branch, "situation": situation});
                    (200, order)
                }
                None => (404, json!({"message": "não encontrado"})),
            },
            "e120ped" => {
                let waits =
                    data.orders.iter().filter(|(_, situation)| **situation == "AGUARDANDO_INTEGRACAO");
                let rows: Vec<Value> =
                    waits.map(|(id, situation)| json!({"id": id, "situation": situation})).collect();
                (200, json!({"totalPages": 1, "totalElements": rows.len(), "contents": rows}))
            }
            "e120obs" => {
                let order = data.orders.keys().find(|id| query.contains(id.as_str())).cloned();
                let texts = data.notes.iter().filter(|(of, _)| Some(of) == order.as_ref());
                let contents: Vec<Value> = texts.map(|(_, text)| json!({ "obsPed": text })).collect();
                (200, json!({"totalPages": 1, "totalElements": contents.len(), "contents": contents}))
            }
            "note" => {
                let order = body["e120ped"]["id"].as_str().unwrap_or_default().to_owned();
                data.notes.push((order, body["obsPed"].as_str().unwrap_or_default().to_owned()));
                (200, json!({"id": "n"}))
            }
            "updateOrderStatusIntegration" => {
                let id = body["id"].as_str().unwrap_or_default().to_owned();
                match data.orders.get_mut(&id) {
                    Some(situation) if *situation == "AGUARDANDO_INTEGRACAO" => {
                        *situation = "ABERTO_TOTAL";
                        (200, json!({ "id": id }))
                    }
                    _ => (400, json!({"message": "Pedido já liberado."})),
                }
            }
            "cancelOrders" => {
                let id = body["ids"][0].as_str().unwrap_or_default().to_owned();
                let refuses = !data.cancels_waiting;
                match data.orders.get_mut(&id) {
                    Some(situation) if refuses && *situation == "AGUARDANDO_INTEGRACAO" => {
                        (400, json!({"message": "Pedido aguardando integração não pode ser cancelado."}))
                    }
                    Some(situation) => {
                        *situation = "CANCELADO";
                        (200, json!({"result": {"canceledOrders": [id], "errors": []}}))
                    }
                    None => (404, json!({"message": "não encontrado"})),
                }
            }
            "open" => opened(&mut data, request, &self.clock),
            "findBySs" => {
                let number = query.trim_start_matches("ss=").parse().unwrap_or_default();
                match data.ss.get(&number) {
                    _ if data.broken.contains(&number) => (500, json!({"message": "erro interno"})),
                    Some(ss) => (200, json!({"valid": true, "resultList": [shown(&data, number, ss)]})),
                    None => (200, json!({"valid": false})),
                }
            }
            "listAll" => {
                let page: usize = query.trim_start_matches("page=").parse().unwrap_or(1);
                if data.hidden == Some(page) {
                    return (200, json!({"valid": false, "message": "tente mais tarde"}));
                }
                let total = (!data.endless).then_some(data.ss.len().div_ceil(data.page).max(1));
                let here = data.ss.iter().skip((page - 1) * data.page).take(data.page);
                let records: Vec<Value> = here.map(|(number, ss)| shown(&data, *number, ss)).collect();
                (200, json!({"valid": true, "totalPages": total, "resultList": records}))
            }
            _ => (404, json!({"message": "rota"})),
        }
    }
}

enum Answer {
    Lost,
    Said(u16, Value),
}

fn opened(data: &mut Data, request: &Request<Bytes>, clock: &Clock) -> (u16, Value) {
    let header = |name: &str| {
        request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    if header("key") != super::world::OUTBOUND_KEY {
        return (401, json!({"message": "unit/key"}));
    }
    let body = String::from_utf8_lossy(request.body()).into_owned();
    let number = 1_287_001 + data.ss.len() as u64;
    let opened = clock.now().to_zoned(jiff::tz::TimeZone::get("America/Sao_Paulo").expect("bundled"));
    let opened = opened.strftime("%Y-%m-%d %H:%M:%S").to_string();
    data.opened.push((header("content-type"), header("x-idempotency-key"), body.clone()));
    data.ss.insert(number, Ss { status: "ABERTA".to_owned(), opened, body });
    let number = data.names_instead.unwrap_or(number);
    let link = data.links.then(|| link(number));
    (200, json!({"valid": true, "ss": number, "link": link}))
}

pub(crate) fn link(number: u64) -> String {
    format!("https://br.sismetro.com/printSS.php?os={number}&token=CANARY0LINK0TOKEN0000")
}

fn shown(data: &Data, number: u64, ss: &Ss) -> Value {
    let text = if data.copies { ss.body.as_str() } else { "" };
    let equipment = data.copies.then_some(88_121);
    json!({"idSs": number, "status": ss.status, "dataAbertura": ss.opened, "descricaoSs": text,
        "idPatrimonio": equipment, "url": link(number)})
}

impl Exchange for Partners {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + '_>> {
        Box::pin(async move {
            let answered = self.faults.around("partner", || self.answer(&request)).await;
            match answered {
                Ok(Answer::Said(status, body)) => {
                    let response = Response::builder().status(status).body(Bytes::from(body.to_string()));
                    Ok(response.expect("a response"))
                }
                Ok(Answer::Lost) | Err(_) => Err(Lost::Unclear),
            }
        })
    }
}
