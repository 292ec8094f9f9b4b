//! Answers for people: tables, in Portuguese.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use serde_json::Value;

use crate::words::Word;

/// Wide enough for what is to be done.
const WIDE: u16 = 150;

/// The states as people say them.
const STATES: [(&str, &str); 11] = [
    ("received", "recebido"),
    ("opening", "abrindo a SS"),
    ("open_unknown", "abertura incerta"),
    ("opened", "SS aberta"),
    ("awaiting_execution", "aguardando execução"),
    ("releasing", "liberando"),
    ("released", "liberado"),
    ("cancelling", "cancelando"),
    ("cancelled", "cancelado"),
    ("skipped", "fora da integração"),
    ("needs_attention", "PRECISA DE ALGUÉM"),
];

/// What is printed; it ends in a line break.
pub(crate) fn answer(word: &Word, answer: &Value) -> String {
    let text = answer["text"].as_str().unwrap_or_default();
    if answer["done"] != Value::Bool(true) {
        return format!("não foi feito: {text}\n");
    }
    let result = &answer["result"];
    match word {
        Word::Status => status(result),
        Word::List { .. } | Word::Find { .. } => orders(&result["orders"]),
        Word::Show { .. } => order(result),
        Word::Quarantine { .. } => deliveries(&result["deliveries"]),
        Word::Branches => branches(&result["branches"]),
        Word::Settings => format!("{result:#}\n"),
        Word::Configure { .. } => configured(result),
        Word::SetBranch(_) => match result["warning"].as_str() {
            Some(warning) => format!("feito; atenção: {warning}\n"),
            None => format!("feito{}\n", repeated(result)),
        },
        Word::Replay { .. } => match &result["orders"] {
            Value::Array(_) => format!("feito\n{}", orders(&result["orders"])),
            _ => format!("feito{}\n", repeated(result)),
        },
        _ => format!("feito{}\n{}", repeated(result), orders(&Value::Array(vec![result.clone()]))),
    }
}

fn repeated(result: &Value) -> &'static str {
    if result["duplicate"] == Value::Bool(true) { " (já tinha sido feito)" } else { "" }
}

fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDE).set_header(head);
    table
}

/// A member as text; nothing is nothing.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn state(value: &Value) -> String {
    let name = cell(value);
    STATES.iter().find(|(known, _)| *known == name).map_or(name, |(_, said)| (*said).to_owned())
}

/// An instant in Brazilian time, to the minute.
fn instant(value: &Value) -> String {
    let parsed = value.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let Some(at) = parsed else { return cell(value) };
    match jiff::tz::TimeZone::get("America/Sao_Paulo") {
        Ok(zone) => at.to_zoned(zone).strftime("%d/%m/%Y %H:%M").to_string(),
        Err(_) => at.to_string(),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn orders(found: &Value) -> String {
    let found = list(found);
    if found.is_empty() {
        return "nenhum pedido\n".to_owned();
    }
    let mut table = table(&["pedido", "filial", "situação", "desde", "SS", "o que fazer", "id"]);
    for order in found {
        let todo = match (&order["todo"], &order["error"]) {
            (Value::Null, error) => cell(error),
            (todo, Value::Null) => cell(todo),
            (todo, error) => format!("{} ({})", cell(todo), cell(error)),
        };
        let branch = format!("{}/{}", cell(&order["company"]), cell(&order["branch"]));
        table.add_row([
            cell(&order["number"]),
            if branch == "/" { String::new() } else { branch },
            state(&order["state"]),
            instant(&order["since"]),
            cell(&order["ss"]),
            todo,
            cell(&order["order_id"]),
        ]);
    }
    format!("{table}\n{}\n", counted(found.len(), "pedido", "pedidos"))
}

fn counted(count: usize, one: &str, several: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {several}") }
}

fn order(order: &Value) -> String {
    let mut text = String::new();
    let mut facts = table(&["", ""]);
    let content = &order["content"];
    for (name, value) in [
        ("id", cell(&order["id"])),
        ("pedido", cell(&content["number"])),
        ("filial", format!("{}/{}", cell(&content["company"]), cell(&content["branch"]))),
        ("cliente", cell(&content["customer"])),
        ("situação", state(&order["state"])),
        ("desde", instant(&order["entered"])),
        ("SS", cell(&order["ss"]["number"])),
        ("link", cell(&order["ss"]["link"])),
        ("o que fazer", cell(&order["todo"])),
        ("último erro", cell(&order["last_error"])),
        ("próxima tentativa", instant(&order["due"])),
    ] {
        if !value.is_empty() && value != "/" {
            facts.add_row([name.to_owned(), value]);
        }
    }
    let _ = writeln!(text, "{facts}");
    if let Some(history) = order["history"].as_array() {
        let mut steps = table(&["quando", "de", "para", "vezes", "por quê"]);
        for step in history {
            let of = |member: &str| cell(&step[member]);
            steps.add_row([
                instant(&step["at"]),
                state(&step["from"]),
                state(&step["to"]),
                of("times"),
                of("cause"),
            ]);
        }
        let _ = writeln!(text, "{steps}");
    }
    if !list(&order["deliveries"]).is_empty() {
        text.push_str(&deliveries(&order["deliveries"]));
    }
    text
}

fn deliveries(found: &Value) -> String {
    let found = list(found);
    if found.is_empty() {
        return "nenhuma entrega\n".to_owned();
    }
    let mut table = table(&["recebida", "de", "o que houve", "entrega"]);
    for delivery in found {
        let what = if delivery["why"].is_null() { &delivery["outcome"] } else { &delivery["why"] };
        table.add_row([
            instant(&delivery["received"]),
            cell(&delivery["source"]),
            cell(what),
            cell(&delivery["id"]),
        ]);
    }
    format!("{table}\n")
}

fn branches(found: &Value) -> String {
    let found = list(found);
    if found.is_empty() {
        return "nenhuma filial configurada: vale o padrão dos parâmetros\n".to_owned();
    }
    let mut table = table(&["empresa", "filial", "participa", "conta", "alterada", "por"]);
    for branch in found {
        let code = if branch["branch_code"].is_null() {
            "as demais".to_owned()
        } else {
            cell(&branch["branch_code"])
        };
        let active = if branch["active"] == Value::Bool(true) { "sim" } else { "não" };
        table.add_row([
            cell(&branch["company_code"]),
            code,
            active.to_owned(),
            cell(&branch["account"]),
            instant(&branch["updated_at"]),
            cell(&branch["updated_by"]),
        ]);
    }
    format!("{table}\n")
}

fn missing(result: &Value) -> String {
    let lines = list(&result["missing"]).iter().map(|line| format!("  {}\n", cell(line)));
    let lines: String = lines.collect();
    if lines.is_empty() { String::new() } else { format!("falta:\n{lines}") }
}

fn configured(result: &Value) -> String {
    let missing = missing(result);
    if missing.is_empty() { "feito\n".to_owned() } else { format!("feito\n{missing}") }
}

fn status(result: &Value) -> String {
    let summary = &result["summary"];
    let mut text = missing(result);
    let mut states = table(&["situação", "pedidos"]);
    for (name, said) in STATES {
        let count = &summary["states"][name];
        if count.as_u64().is_some_and(|count| count > 0) {
            states.add_row([said.to_owned(), cell(count)]);
        }
    }
    let _ = if states.is_empty() {
        writeln!(text, "nenhum pedido em andamento")
    } else {
        writeln!(text, "{states}")
    };
    for (reason, count) in summary["reasons"].as_object().into_iter().flatten() {
        let _ = writeln!(text, "parados por {reason}: {count}");
    }
    for late in list(&result["late"]) {
        let since = instant(&late["since"]);
        let _ = writeln!(
            text,
            "há tempo demais em \"{}\": {} (desde {since})",
            state(&late["state"]),
            late["count"]
        );
    }
    for (member, said) in
        [("unmatched", "avisos do Sismetro sem pedido"), ("quarantined", "entregas em quarentena")]
    {
        if summary[member].as_u64().is_some_and(|count| count > 0) {
            let _ = writeln!(text, "{said}: {}", summary[member]);
        }
    }
    for register in list(&result["equipment"]) {
        let account = cell(&register["account"]);
        let said = match (&register["items"], &register["error"]) {
            (_, Value::String(error)) => format!("não pôde ser lida: {error}"),
            (Value::Null, _) => continue,
            (items, _) => format!("{items} equipamentos, lida em {}", instant(&register["read_at"])),
        };
        let _ = writeln!(text, "lista de equipamentos da conta {account}: {said}");
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_says_where_orders_are_and_what_to_do() {
        let parked = json!({"order_id": "A-1", "number": "48213", "company": 1, "branch": 3, "ss": null,
            "state": "needs_attention", "since": "2026-11-22T11:00:00Z", "todo": "procure-a", "error": "não respondeu"});
        let found = json!({"done": true, "result": {"orders": [parked]}});

        let text = answer(&Word::List { state: None, limit: 100 }, &found);

        for part in [
            "48213",
            "1/3",
            "PRECISA DE ALGUÉM",
            "22/11/2026 08:00",
            "procure-a (não respondeu)",
            "A-1",
            "1 pedido\n",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn what_was_not_done_says_why() {
        let refused = json!({"done": false, "text": "não há registro de \"A-2\""});

        let text = answer(&Word::Show { order: "A-2".to_owned() }, &refused);

        assert_eq!(text, "não foi feito: não há registro de \"A-2\"\n");
    }

    #[test]
    fn the_status_of_an_empty_tenant_says_what_is_missing() {
        let empty = json!({"done": true, "result": {"summary": {"states": {"opened": 0}, "reasons": {}},
            "missing": ["o segredo da integração: senior.secret"]}});

        let text = answer(&Word::Status, &empty);

        assert_eq!(text, "falta:\n  o segredo da integração: senior.secret\nnenhum pedido em andamento\n");
    }

    #[test]
    fn every_state_has_a_word() {
        for state in service_orders::State::ALL {
            assert!(STATES.iter().any(|(name, _)| *name == state.name()), "{}", state.name());
        }
    }
}
