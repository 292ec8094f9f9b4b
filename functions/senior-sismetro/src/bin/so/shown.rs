//! Answers for people: tables, in Portuguese.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use serde_json::Value;

use service_orders::{Reason, State};

use crate::words::Word;

/// Wide enough for what is to be done.
const WIDE: u16 = 150;

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
        Word::Unmatched { .. } => callbacks(&result["callbacks"]),
        Word::Dismiss { .. } => format!("feito{}\n", repeated(result)),
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
    match State::named(&name) {
        Some(State::NeedsAttention) => State::NeedsAttention.text().to_uppercase(),
        Some(state) => state.text().to_owned(),
        None => name,
    }
}

/// Why orders are parked, as people say it.
fn matter(name: &str) -> &str {
    Reason::ALL.iter().find(|reason| reason.name() == name).map_or(name, |reason| reason.matter())
}

/// What became of a delivery, as people say it.
fn outcome(value: &Value) -> String {
    const WORDS: [(&str, &str); 8] = [
        ("stored", "aceita"),
        ("duplicate_event", "repetida"),
        ("branch_inactive", "a filial está desligada"),
        ("no_equipment", "sem equipamento"),
        ("closed", "pedido encerrado por uma pessoa"),
        ("ignored", "nada a fazer"),
        ("duplicate", "repetida"),
        ("unmatched", "ainda sem pedido"),
    ];
    let said =
        |word: &str| WORDS.iter().find(|(own, _)| *own == word).map_or(word, |(_, said)| said).to_owned();
    cell(value).split(", ").map(said).collect::<Vec<_>>().join(", ")
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
        let warnings = list(&order["warnings"]).iter().map(cell);
        let todo = [todo].into_iter().chain(warnings).filter(|text| !text.is_empty());
        let todo = todo.collect::<Vec<_>>().join("; ");
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
        ("atenção", list(&order["warnings"]).iter().map(cell).collect::<Vec<_>>().join("; ")),
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
        let what =
            if delivery["why"].is_null() { outcome(&delivery["outcome"]) } else { cell(&delivery["why"]) };
        table.add_row([
            instant(&delivery["received"]),
            cell(&delivery["source"]),
            what,
            cell(&delivery["id"]),
        ]);
    }
    format!("{table}\n")
}

fn callbacks(found: &Value) -> String {
    let found = list(found);
    if found.is_empty() {
        return "nenhum aviso sem pedido\n".to_owned();
    }
    let mut table = table(&["recebido", "SS", "pedido", "o que houve", "aviso"]);
    for callback in found {
        table.add_row([
            instant(&callback["received"]),
            cell(&callback["ss"]),
            cell(&callback["order_id"]),
            cell(&callback["told"]),
            cell(&callback["id"]),
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
    for of in State::ALL {
        let count = &summary["states"][of.name()];
        if count.as_u64().is_some_and(|count| count > 0) {
            states.add_row([state(&of.name().into()), cell(count)]);
        }
    }
    let _ = if states.is_empty() {
        writeln!(text, "nenhum pedido em andamento")
    } else {
        writeln!(text, "{states}")
    };
    for (reason, count) in summary["reasons"].as_object().into_iter().flatten() {
        let _ = writeln!(text, "parados ({}): {count}", matter(reason));
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
    for (member, said) in [
        ("unmatched", "avisos do Sismetro sem pedido"),
        ("quarantined", "entregas em quarentena"),
        ("unlooked", "pedidos cuja SS não pôde ser consultada ou não é encontrada"),
        ("unexplained", "pedidos cuja SS está em uma situação que ninguém explicou"),
        ("unreadable", "registros que não podem ser lidos (atualize a aplicação ou avise o suporte)"),
        ("inactive", "pedidos fora da integração por filial desligada, que podem esperar no ERP"),
    ] {
        if summary[member].as_u64().is_some_and(|count| count > 0) {
            let _ = writeln!(text, "{said}: {}", summary[member]);
        }
    }
    let without = &summary["skipped"]["no_equipment"];
    if without.as_u64().is_some_and(|count| count > 0) {
        let _ = writeln!(text, "pedidos fora da integração por não ter equipamento: {without}");
    }
    for register in list(&result["equipment"]) {
        let account = cell(&register["account"]);
        let said = match (&register["items"], &register["error"]) {
            (_, Value::String(error)) => format!("não pôde ser lida: {error}"),
            (items, _) if register["truncated"] == Value::Bool(true) => {
                format!("só os primeiros {items} equipamentos: a lista é longa demais")
            }
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

        let text = answer(&Word::List { state: None, alarm: None, limit: 100 }, &found);

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
    fn no_word_of_the_store_is_shown() {
        for of in State::ALL {
            assert_ne!(state(&json!(of.name())), of.name());
        }
        for reason in Reason::ALL {
            assert!(!reason.matter().is_empty() && matter(reason.name()) != reason.name(), "{reason:?}");
        }
        assert_eq!(outcome(&json!("stored, duplicate_event")), "aceita, repetida");
    }

    #[test]
    fn the_status_says_what_only_an_alarm_shows() {
        let summary = json!({"states": {}, "reasons": {"open_refused": 1}, "inactive": 3, "unlooked": 1,
            "unreadable": 4, "skipped": {"no_equipment": 5}});
        let told = answer(&Word::Status, &json!({"done": true, "result": {"summary": summary}}));

        for part in [
            "o Sismetro recusou abrir a SS): 1",
            "filial desligada, que podem esperar no ERP: 3",
            "não é encontrada: 1",
            "não podem ser lidos (atualize a aplicação ou avise o suporte): 4",
            "por não ter equipamento: 5",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }

    #[test]
    fn a_callback_without_an_order_is_shown_with_the_id_that_dismisses_it() {
        let callback = json!({"id": "5f.99881", "received": "2026-11-22T11:00:00Z", "ss": "99881", "told": "não há pedido com esta SS"});

        let text = answer(
            &Word::Unmatched { limit: 1 },
            &json!({"done": true, "result": {"callbacks": [callback]}}),
        );

        assert!(text.contains("5f.99881") && text.contains("22/11/2026 08:00"), "{text}");
    }

    #[test]
    fn a_list_says_what_is_remarkable() {
        let order = json!({"order_id": "A-1", "state": "awaiting_execution", "error": "o Sismetro não encontra a SS",
            "warnings": ["confira o número"]});

        let text = answer(
            &Word::List { state: None, alarm: None, limit: 1 },
            &json!({"done": true, "result": {"orders": [order]}}),
        );

        assert!(text.contains("o Sismetro não encontra a SS; confira o número"), "{text}");
    }
}
