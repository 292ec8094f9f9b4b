//! Which records a listing is about, before any filter: the table of prices, the locations of stock; and what
//! its answer has around the rows.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::methods::Dated;
use super::options::OmieOptions;
use super::refusal::Refusal;
use super::request::{Asked, Condition, Query, texts};
use crate::dataset::{Marks, Traits, seconds, stamp, text_of};
use crate::{Dataset, Registry};

/// The answer around the rows.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// Members before the rows, each with its comma.
    pub(super) before: String,
    /// What closes after the rows.
    pub(super) after: &'static str,
    /// Size of a page, whatever is asked.
    pub(super) size: Option<usize>,
}

/// Adds the conditions of the method's own members.
pub(super) fn frame(
    asked: &Asked,
    query: &mut Query,
    dataset: &Dataset,
    options: &OmieOptions,
    now: Timestamp,
) -> Result<Frame, Refusal> {
    match asked.method.registry {
        Registry::ItensTabela => prices(asked, query, dataset, options),
        Registry::PosicoesEstoque => stock(asked, query, dataset, now),
        Registry::TitulosExcluidos if !options.deleted_titles => {
            Err(Refusal::unknown_method(asked.method.name, asked.method.path).called("not_offered"))
        }
        _ => Ok(Frame::default()),
    }
}

/// `ListarTabelaItens` (`contracts/omie.md` §8.16). What it does without a table nobody has written down.
fn prices(
    asked: &Asked,
    query: &mut Query,
    dataset: &Dataset,
    options: &OmieOptions,
) -> Result<Frame, Refusal> {
    let (id, code) = (asked.number("nCodTabPreco")?, asked.text("cCodIntTabPreco")?);
    let tables = dataset.shelf(Registry::TabelasPreco);
    let position = match (id, code) {
        (Some(id), _) => tables.position(&id.to_string()).ok(),
        (None, "") => return Err(Refusal::not_simulated("nCodTabPreco ausente")),
        (None, code) => {
            let held = tables.live().map(|(index, _)| index);
            held.into_iter().find(|index| tables.record(*index)["cCodIntTabPreco"] == code)
        }
    };
    let named = id.map_or_else(|| code.to_owned(), |id| id.to_string());
    let position = position.ok_or_else(|| Refusal::not_found("Tabela de Preço", &named))?;
    if !asked.truth("lApenasItens")? {
        let marks = tables.marks(position);
        // A table that changed in the window brings all its prices along.
        query.conditions.retain(|condition| !is_change_of(condition, &marks));
    }
    let record = tables.record(position);
    let id = text_of(&record["nCodTabPreco"]).parse().unwrap_or_default();
    query.conditions.push(Condition::Within(vec![id]));
    if options.items_at_root {
        return Ok(Frame::default());
    }
    let mut before = String::from("\"listaTabelaPreco\":{");
    for member in ["nCodTabPreco", "cCodIntTabPreco", "cNome", "cCodigo", "cAtiva", "cOrigem"] {
        let _ = write!(before, "\"{member}\":{},", record[member]);
    }
    Ok(Frame { before, after: "}", size: None })
}

fn is_change_of(condition: &Condition, marks: &Marks) -> bool {
    let Condition::During { of, from, to } = condition else { return false };
    of == &[Dated::Changed] && marks.changed.is_some_and(|second| (*from..=*to).contains(&second))
}

/// `ListarPosEstoque` (`contracts/omie.md` §8.19): the stock of now, whatever day is asked.
fn stock(asked: &Asked, query: &mut Query, dataset: &Dataset, now: Timestamp) -> Result<Frame, Refusal> {
    let day = match asked.text("dDataPosicao")? {
        "" => stamp(now).0,
        day if seconds(day, "00:00:00").is_some() => day.to_owned(),
        _ => return Err(Refusal::bad_member("dDataPosicao")),
    };
    let all = match asked.text("cExibeTodos")? {
        "S" => true,
        "" | "N" => false,
        _ => return Err(Refusal::bad_member("cExibeTodos")),
    };
    if !all {
        query.conditions.push(Condition::Is(Traits::MOVED, true));
    }
    let locations = locations(asked, dataset)?;
    if let Some(products) = asked.param.get("lista_produtos") {
        let products = texts(products, "nCodProd").ok_or_else(|| Refusal::bad_member("lista_produtos"))?;
        let pairs = locations.iter().flat_map(|at| products.iter().map(move |id| format!("{at}/{id}")));
        query.conditions.push(Condition::Listed(pairs.collect()));
    }
    query.conditions.push(Condition::Within(locations));
    let before = format!("\"dDataPosicao\":{},", json!(day));
    Ok(Frame { before, after: "", size: all.then_some(50) })
}

/// Absent or 0: the default location alone.
fn locations(asked: &Asked, dataset: &Dataset) -> Result<Vec<u64>, Refusal> {
    let held = dataset.shelf(Registry::LocaisEstoque);
    let known = |id: u64| held.position(&id.to_string()).map(|_| id).map_err(|_| Refusal::no_location(id));
    match asked.text("lista_local_estoque")? {
        "" => {}
        "TODOS" => return Ok(held.ids().iter().filter_map(|id| id.parse().ok()).collect()),
        list => {
            let bad = |_| Refusal::bad_member("lista_local_estoque");
            let ids = list.split(',').map(|id| id.trim().parse().map_err(bad).and_then(known));
            return ids.collect();
        }
    }
    if let Some(id) = asked.number("codigo_local_estoque")?.filter(|id| *id != 0) {
        return Ok(vec![known(id)?]);
    }
    let default = held.all().find(|record| record["padrao"] == "S");
    Ok(default.and_then(|record| record["codigo_local_estoque"].as_u64()).into_iter().collect())
}

impl Asked {
    /// A number, or a text that is one; nothing when it is absent.
    fn number(&self, name: &str) -> Result<Option<u64>, Refusal> {
        match self.param.get(name).map(text_of) {
            None => Ok(None),
            Some(text) if text.is_empty() => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| Refusal::bad_member(name)),
        }
    }

    /// A text; empty when it is absent.
    fn text(&self, name: &str) -> Result<&str, Refusal> {
        match self.param.get(name) {
            None => Ok(""),
            Some(value) => value.as_str().ok_or_else(|| Refusal::bad_member(name)),
        }
    }

    /// One of the few true booleans; no when it is absent.
    fn truth(&self, name: &str) -> Result<bool, Refusal> {
        match self.param.get(name) {
            None => Ok(false),
            Some(Value::Bool(truth)) => Ok(*truth),
            Some(_) => Err(Refusal::bad_member(name)),
        }
    }
}

/// `ListarTags` (`contracts/omie.md` §8.11): the tags of one customer, and how many.
pub(super) fn tags(asked: &Asked, dataset: &Dataset) -> Result<(String, usize), Refusal> {
    let (id, code) = (asked.number("nCodCliente")?, asked.text("cCodIntCliente")?);
    let customers = dataset.shelf(Registry::Clientes);
    let named = match id {
        Some(id) => id.to_string(),
        None if code.is_empty() => return Err(Refusal::missing_member("nCodCliente")),
        None => code.to_owned(),
    };
    let position = match id {
        Some(_) => customers.position(&named).ok(),
        None => customers
            .live()
            .map(|(index, _)| index)
            .find(|index| customers.record(*index)["codigo_cliente_integracao"] == code),
    };
    let record = customers.record(position.ok_or_else(|| Refusal::not_found("Cliente", &named))?);
    let tags = record["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    let rows: Vec<Value> = tags
        .iter()
        .map(|tag| json!({ "tag": tag["tag"], "nCodTag": tag_number(tag["tag"].as_str().unwrap_or_default()) }))
        .collect();
    let count = rows.len();
    let body = json!({ "nCodCliente": record["codigo_cliente_omie"],
        "cCodIntCliente": record["codigo_cliente_integracao"], "tagsLista": rows });
    Ok((body.to_string(), count))
}

/// The number behind a tag, by which a price table names it too.
fn tag_number(tag: &str) -> u64 {
    match tag.to_lowercase().as_str() {
        "cliente" => 111,
        "atacado" => 222,
        "fornecedor" => 333,
        "transportadora" => 444,
        "varejo" => 555,
        other => 1_000 + other.bytes().map(u64::from).sum::<u64>(),
    }
}
