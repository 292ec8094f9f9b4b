//! The machine as tables, and runs of the whole flow against two small partners.

mod link;
mod machine;
mod runs;
mod world;

use std::time::Duration;

use jiff::Timestamp;
use omie::{Cliente, ClienteInteiro, Tag};
use serde_json::{Value, json};

use super::case::{Customer, Question, Shown, What};
use super::machine::{Effect, Event, Found, Here, Prepared, Wish, Written, next};
use super::map::{self, CadastroRefs, Cidades};

/// Our key.
const ID: i64 = 88_771;
/// The record in Omie.
const CODIGO: i64 = 55;
const CNPJ: &str = "11222333000181";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_740_000_000 + second).expect("a valid second")
}

fn object(change: &[(&str, Value)]) -> String {
    let mut object = json!({"CodigoClienteNuvem": ID, "Codigo": "", "TipoOperacao": "I",
        "Nome": "PADARIA NOVA LTDA", "Fantasia": "PADARIA NOVA", "CNPJ": "11.222.333/0001-81",
        "RetornoImportacao": 1});
    for (name, value) in change {
        object[*name] = value.clone();
    }
    object.to_string()
}

fn shown(change: &[(&str, Value)]) -> Shown {
    Shown::new(object(change))
}

fn fresh() -> Customer {
    Customer::new(ID, shown(&[]), at(0))
}

fn wish() -> Wish {
    let cadastro = shown(&[]).cadastro().expect("readable");
    let refs = CadastroRefs { etiqueta: "Cliente", cidades: &Cidades::new() };
    let request = map::map(ID, &cadastro, &refs).expect("a good customer");
    Wish { request, digest: "d1".into(), documento: CNPJ.into(), codigo: None, is_change: false }
}

fn ready(change: impl FnOnce(&mut Wish)) -> Event {
    let mut wish = wish();
    change(&mut wish);
    Event::Prepared(Prepared::Ready(Box::new(wish)))
}

/// The record as Omie has it after the include.
fn included() -> Value {
    json!({"codigo_cliente_omie": CODIGO, "codigo_cliente_integracao": "88771",
        "razao_social": "PADARIA NOVA LTDA", "nome_fantasia": "PADARIA NOVA",
        "cnpj_cpf": "11.222.333/0001-81", "tags": [{"tag": "Cliente"}]})
}

fn without_key() -> Value {
    let mut record = included();
    record["codigo_cliente_integracao"] = json!("");
    record
}

fn here(record: &Value) -> Found {
    let text = record.to_string();
    let whole: ClienteInteiro = serde_json::from_str(&text).expect("a record");
    let cliente: Cliente = whole.cliente().expect("readable");
    Found::Here(Box::new(Here { cliente, whole: Some(whole) }))
}

fn listed(record: &Value) -> Found {
    match here(record) {
        Found::Here(mut here) => {
            here.whole = None;
            Found::Here(here)
        }
        other => other,
    }
}

fn by_document(found: Found) -> Event {
    let question = Question::Document(CNPJ.into());
    Event::Looked { question, wish: Some(Box::new(wish())), found }
}

fn by_codigo(found: Found) -> Event {
    Event::Looked { question: Question::Codigo(CODIGO), wish: Some(Box::new(wish())), found }
}

fn by_key(found: Found) -> Event {
    Event::Looked { question: Question::Key, wish: None, found }
}

fn unclear() -> Written {
    Written::Unclear { words: None }
}

fn untagged(mut record: Value) -> Value {
    record["tags"] = json!([{"tag": "ATACADO"}]);
    record
}

fn tag() -> Vec<Tag> {
    vec![Tag { tag: Some("Cliente".into()) }]
}

/// What is done next, in a word.
fn word(effect: &Effect) -> String {
    match effect {
        Effect::Prepare => "prepare".into(),
        Effect::Look(Question::Document(_), _) => "look document".into(),
        Effect::Look(Question::Key, _) => "look key".into(),
        Effect::Look(Question::Codigo(_), _) => "look codigo".into(),
        Effect::Look(Question::Row(_), _) => "look row".into(),
        Effect::Include(_) => "include".into(),
        Effect::Alter(_) => "alter".into(),
        Effect::Associate(_) => "associate".into(),
        Effect::Post(answer) if answer.is_error => "post error".into(),
        Effect::Post(_) => "post".into(),
        Effect::Row(_) => "row".into(),
    }
}

/// Stage and effect after one event; "-" when nothing happens.
fn outcome(case: &Customer, event: &Event, now: Timestamp) -> (Option<Customer>, String) {
    match next(case, event, now) {
        None => (None, "-".into()),
        Some(change) => {
            let effect = change.effect.as_ref().map(word).unwrap_or_default();
            let text = format!("{} {effect}", change.case.stage.name());
            (Some(change.case), text.trim_end().to_owned())
        }
    }
}

/// Lets events happen one after the other, each of which must change the case.
fn after(case: Customer, events: &[Event], now: Timestamp) -> Customer {
    events.iter().fold(case, |case, event| {
        let (after, _) = outcome(&case, event, now);
        after.unwrap_or_else(|| panic!("{event:?} makes nothing of {:?}", case.stage))
    })
}

/// What a story leads to, step by step.
fn story(case: &mut Customer, events: &[(&Event, &str)], now: Timestamp) {
    for (event, expected) in events {
        let (after, text) = outcome(case, event, now);
        assert_eq!(text, *expected, "{event:?}");
        *case = after.unwrap_or_else(|| case.clone());
    }
}

fn including() -> Customer {
    after(fresh(), &[ready(|_| {}), by_document(Found::Nowhere)], at(0))
}

fn altering() -> Customer {
    let mut other = included();
    other["nome_fantasia"] = json!("OUTRA");
    after(fresh(), &[ready(|wish| wish.codigo = Some(CODIGO)), by_codigo(here(&other))], at(0))
}

fn associating() -> Customer {
    after(fresh(), &[ready(|_| {}), by_document(listed(&without_key()))], at(0))
}

fn minutes(n: u64) -> Duration {
    Duration::from_mins(n)
}

fn wrote(what: What, written: Written) -> Event {
    Event::Wrote(what, written)
}
