//! The answer inside a customer object: three members of the original text, and nothing else of it
//! (`contracts/maxima.md` §8).

use serde_json::Value;

use super::reading::{NOT_AN_OBJECT, Unreadable};
use crate::members::members;

/// The received customer object with its result in it: `Codigo` when there is one, `RetornoImportacao` (2 imported,
/// 3 refused) and `CriticaImportacao`. Everything else stays as it came, unknown members too, numbers digit by
/// digit; a re-serialised model would lose them (§8). A member keeps its spelling; a missing one is added.
///
/// [`Unreadable`] when the text is not a JSON object.
pub fn patched(
    objeto_json: &str,
    codigo: Option<&str>,
    retorno: u8,
    critica: &str,
) -> Result<String, Unreadable> {
    let members =
        members(objeto_json).ok_or_else(|| Unreadable { path: String::new(), reason: NOT_AN_OBJECT })?;
    let mut changes = vec![
        Change::new("RetornoImportacao", &Value::from(retorno)),
        Change::new("CriticaImportacao", &Value::from(critica)),
    ];
    changes.extend(codigo.map(|codigo| Change::new("Codigo", &Value::from(codigo))));
    let mut written = Vec::with_capacity(members.len() + changes.len());
    for (name, value) in &members {
        let change = changes.iter_mut().find(|change| change.name.eq_ignore_ascii_case(name));
        written.push(match change {
            Some(change) => change.made(name),
            None => member(name, value.get()),
        });
    }
    for change in changes.iter_mut().filter(|change| !change.is_made) {
        written.push(change.made(change.name));
    }
    Ok(format!("{{{}}}", written.join(",")))
}

struct Change {
    name: &'static str,
    json: String,
    is_made: bool,
}

impl Change {
    fn new(name: &'static str, value: &Value) -> Self {
        Self { name, json: value.to_string(), is_made: false }
    }

    /// The changed member under the name it has in the text.
    fn made(&mut self, name: &str) -> String {
        self.is_made = true;
        member(name, &self.json)
    }
}

fn member(name: &str, json: &str) -> String {
    format!("{}:{json}", Value::from(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_is_the_example_of_the_contract() {
        let received =
            r#"{"CodigoClienteNuvem":88771,"Codigo":null,"Nome":"PADARIA NOVA LTDA","RetornoImportacao":1}"#;

        let text = patched(received, Some("5366578999"), 2, "Cliente importado com sucesso.");

        assert_eq!(
            text.as_deref(),
            Ok(concat!(
                r#"{"CodigoClienteNuvem":88771,"Codigo":"5366578999","Nome":"PADARIA NOVA LTDA","#,
                r#""RetornoImportacao":2,"CriticaImportacao":"Cliente importado com sucesso."}"#
            ))
        );
    }

    #[test]
    fn members_that_nobody_knows_survive_digit_by_digit() {
        let received = concat!(
            r#"{"z":0.1000000000000000055,"a":12345678901234567890,"N\u00e3o":{"b":[1.0,1e400,null]},"#,
            r#""codigo":"7","t":"\ud83d \/","CRITICAIMPORTACAO":{"x":1}}"#
        );

        let text = patched(received, None, 3, "CNPJ \"inválido\"\n").expect("patched");

        assert_eq!(
            text,
            concat!(
                r#"{"z":0.1000000000000000055,"a":12345678901234567890,"Não":{"b":[1.0,1e400,null]},"#,
                r#""codigo":"7","t":"\ud83d \/","CRITICAIMPORTACAO":"CNPJ \"inválido\"\n","RetornoImportacao":3}"#
            )
        );
    }

    #[test]
    fn the_same_answer_twice_is_the_same_text() {
        let once = patched("{}", Some("1"), 2, "ok").expect("patched");

        assert_eq!(patched(&once, Some("1"), 2, "ok"), Ok(once));
    }

    #[test]
    fn what_is_no_object_is_not_answered() {
        for text in ["", "[]", "null", r#"{"a":1"#, "canary"] {
            let error = patched(text, None, 3, "x").expect_err("unreadable");
            assert!(!error.to_string().contains("canary"));
        }
    }
}
