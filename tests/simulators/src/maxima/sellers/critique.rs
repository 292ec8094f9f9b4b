//! The message under an order: JSON inside a text (`contracts/maxima.md` §7.3.1).

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::order::Facts;
use super::seen::Critique;
use crate::dataset::text_of;
use crate::maxima::fields::{Field, RuleSet, moment, text, whole};

/// What became of a message.
pub(super) enum Read {
    /// The seller sees it; what in it contradicts the order or the row.
    Fine(Critique, Vec<String>),
    /// It freezes the order: why.
    Broken(String),
}

const MEMBERS: &[Field] = &[
    text("NumPedido", 0, 0),
    text("CodigoPedidoNuvem", 0, 0),
    text("NumPedidoERP", 50, 50),
    whole("NumCritica", "9999999999999999"),
    text("CodigoUsuario", 0, 0),
    moment("Data"),
    text("Tipo", 0, 0).among(TYPES),
    text("PosicaoPedidoERP", 0, 0).among(POSITIONS),
    whole("CodigoTipoVenda", "99"),
];
const FLAGS: &[&str] = &[
    "ExcluirPedido",
    "SalvarCritica",
    "Cancelado",
    "HouveExcessao",
    "PackageValida",
    "AtualizacaoPosPedido",
    "EnviarEmailPedidoAutomaticoParaSupervisor",
    "SalvarJustificativaNaoVendaPrePedido",
];
const TYPES: &[&str] = &[
    "Nenhuma",
    "Sucesso",
    "Alerta",
    "Erro",
    "Cancelado",
    "Processando",
    "FalhaNoWebService",
    "EnviadoParaNuvem",
    "BloqueadoNuvem",
    "CanceladoNuvem",
];
const POSITIONS: &[&str] = &[
    "Pendente",
    "Bloqueado",
    "Liberado",
    "Montado",
    "Faturado",
    "Cancelado",
    "Temporario",
    "Desconhecido",
    "Outros",
];

/// Reads the message of a row about an order.
pub(super) fn read(text: &str, id: u64, facts: &Facts, row: &Map<String, Value>, now: Timestamp) -> Read {
    let Ok(Value::Object(critique)) = serde_json::from_str::<Value>(text) else {
        return Read::Broken("a Critica não é um objeto JSON".to_owned());
    };
    let said = match checked(&critique) {
        Ok(said) => said,
        Err(problem) => return Read::Broken(problem),
    };
    let mut wrong = contradictions(&critique, id, facts, row);
    wrong.extend(strangers(&critique));
    let status = row.get("Status").and_then(Value::as_u64).and_then(|status| status.try_into().ok());
    let text_at = |name: &str| there(&critique, name).map(text_of).unwrap_or_default();
    let (tipo, posicao) = (text_at("Tipo"), text_at("PosicaoPedidoERP"));
    if matches!((status, tipo.as_str()), (Some(4), "Erro") | (Some(5), "Sucesso")) {
        wrong.push(format!("Critica: Tipo {tipo} não combina com o Status"));
    }
    let numcritica = row.get("Numcritica").and_then(Value::as_i64);
    Read::Fine(Critique { at: now, status, tipo, posicao, text: said, numcritica }, wrong)
}

/// A member that is there and not null.
fn there<'a>(critique: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    super::member(critique, name).filter(|value| !value.is_null())
}

/// What the message says, or what freezes the order in it.
fn checked(critique: &Map<String, Value>) -> Result<String, String> {
    if there(critique, "CodigoPedidoNuvem").is_none_or(|code| text_of(code).is_empty()) {
        return Err("a Critica está sem CodigoPedidoNuvem".to_owned());
    }
    for field in MEMBERS {
        let problem = there(critique, field.name).and_then(|value| field.problem(value, RuleSet::Stricter));
        problem.map_or(Ok(()), |problem| Err(format!("Critica: {problem}")))?;
    }
    if let Some(name) = ["Tipo", "PosicaoPedidoERP"].iter().find(|name| there(critique, name).is_none()) {
        return Err(format!("a Critica está sem {name}"));
    }
    let said = there(critique, "Itens").and_then(descriptions);
    said.ok_or_else(|| "a Critica está sem Itens com Codigo, Ordem e Descricao".to_owned())
}

/// What in the message is not what the order or the row says.
fn contradictions(
    critique: &Map<String, Value>,
    id: u64,
    facts: &Facts,
    row: &Map<String, Value>,
) -> Vec<String> {
    let wanted = [
        ("CodigoPedidoNuvem", Some(id.to_string())),
        ("NumPedido", Some(facts.numped.clone())),
        ("CodigoUsuario", Some(facts.user.clone())),
        ("CodigoTipoVenda", Some(facts.sale.clone())),
        ("NumCritica", row.get("Numcritica").map(text_of)),
        ("NumPedidoERP", row.get("Numpederp").map(text_of)),
    ];
    let wrong = wanted.into_iter().filter_map(|(name, wanted)| {
        let given = there(critique, name).map(text_of);
        let (shown, expected) = (given.clone().unwrap_or_default(), wanted.clone().unwrap_or_default());
        (given != wanted).then(|| format!("Critica: {name} é \"{expected}\" e veio \"{shown}\""))
    });
    wrong.collect()
}

/// What the items say; nothing when there is none or one is not as it must be.
fn descriptions(items: &Value) -> Option<String> {
    let said = |item: &Value| {
        let members = item.as_object()?;
        let member = |name: &str| super::member(members, name);
        let (_code, _place) = (member("Codigo")?.as_str()?, member("Ordem")?.as_i64()?);
        Some(member("Descricao")?.as_str()?.to_owned())
    };
    let said: Option<Vec<String>> = items.as_array()?.iter().map(said).collect();
    said.filter(|said| !said.is_empty()).map(|said| said.join("; "))
}

/// Members nobody knows, flags that are none, and flags that are missing.
fn strangers(critique: &Map<String, Value>) -> Vec<String> {
    let known = MEMBERS.iter().map(|field| field.name).chain(FLAGS.iter().copied());
    let known: Vec<&str> = known.chain(["Itens", "StatusDaAssinatura"]).collect();
    let unknown = critique.keys().filter(|name| !known.iter().any(|known| known.eq_ignore_ascii_case(name)));
    let mut wrong: Vec<String> = unknown.map(|name| format!("Critica: {name} não existe")).collect();
    for name in FLAGS {
        match super::member(critique, name) {
            None | Some(Value::Bool(_)) => {}
            Some(other) => wrong.push(format!("Critica: {name} deve ser verdadeiro ou falso, veio {other}")),
        }
    }
    wrong
}
