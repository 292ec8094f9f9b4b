//! GET and `ValidarChaves/Localizar`.

use serde_json::{Value, json};

use super::resources::{Resource, of_table};
use super::tables::{Tables, bare};

/// Rows of a page of a list.
const PAGE: usize = 1_000;
/// Keys one `Localizar` may ask about (`contracts/maxima.md` §3.3).
const MOST_KEYS: usize = 500;

/// The row of a key, or the whole list, or a page of it (from 1): the text of a JSON array and its length.
pub(super) fn get(resource: &Resource, key: &str, page: Option<usize>, tables: &Tables) -> (String, usize) {
    let all = tables.rows(resource.path).map(|(_, row)| row.get());
    let rows: Vec<&str> = match (key, page) {
        ("", Some(page)) => all.skip(page.saturating_sub(1).saturating_mul(PAGE)).take(PAGE).collect(),
        ("" | "todos", None) => all.collect(),
        (key, _) => tables.text(resource.path, key).into_iter().collect(),
    };
    (format!("[{}]", rows.join(",")), rows.len())
}

/// Which of the keys exist. Apostrophes are stripped, as the vendor's client does; so are those of the answer.
pub(super) fn locate(query: &str, body: &[u8], tables: &Tables) -> Result<Value, String> {
    let argument = |name: &str| parameter(query, name).unwrap_or_default();
    let (table, column) = (argument("entidade"), argument("colunaPK"));
    let resource = of_table(&table).ok_or_else(|| format!("a entidade {table} não existe"))?;
    if !resource.keys().first().is_some_and(|key| key.name.eq_ignore_ascii_case(&column)) {
        return Err(format!("a coluna {column} não é a chave de {table}"));
    }
    let Ok(Value::Array(asked)) = serde_json::from_slice(body) else {
        return Err("o corpo deve ser uma lista de objetos com Chave".to_owned());
    };
    if asked.len() > MOST_KEYS {
        return Err(format!("no máximo {MOST_KEYS} chaves por consulta, vieram {}", asked.len()));
    }
    let mut found = Vec::new();
    for object in asked {
        let members = object.as_object().filter(|members| members.len() == 1);
        let Some(key) = members.and_then(|members| members.get("Chave")).and_then(Value::as_str) else {
            return Err("cada objeto deve ter somente o texto Chave".to_owned());
        };
        let key = bare(key);
        if tables.has_bare(resource.path, &key) {
            found.push(json!({ "Chave": key }));
        }
    }
    Ok(Value::Array(found))
}

/// A parameter of a query string, decoded.
pub(super) fn parameter(query: &str, name: &str) -> Option<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| decoded(value))
}

/// A part of a path or query with its `%XX` read.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = (*first == b'%')
            .then(|| tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded() {
        assert_eq!(decoded("GOIANIA%20(GO)"), "GOIANIA (GO)");
        assert_eq!(decoded("S%C3%A3o"), "São");
        assert_eq!(decoded("100%"), "100%");
    }
}
