//! What Máxima is told about a customer: the original object with the result in it (`contracts/maxima.md` §8).

use maxima::{Maxima, StatusCliente, patched};
use partner_http::{CallError, Fault};

use super::case::{Answer, Customer};
use super::machine::Posted;
use super::why;
use crate::settings::Pedidos;
use crate::waiting::{is_for_good, wait};

/// Created (§8).
const CREATED: u8 = 4;
/// `RetornoImportacao` (§8).
const OK: u8 = 2;
const ERROR: u8 = 3;

pub(super) async fn post(maxima: &Maxima, settings: &Pedidos, case: &Customer, answer: &Answer) -> Posted {
    posted(maxima.post_customer_status(&[status(settings, case, answer)]).await)
}

fn status(settings: &Pedidos, case: &Customer, answer: &Answer) -> StatusCliente {
    let (status, retorno) = if answer.is_error {
        (u8::try_from(settings.status_cliente_recusado).unwrap_or(14), ERROR)
    } else {
        (CREATED, OK)
    };
    let codigo = case.codigo.filter(|_| !answer.is_error).map(|codigo| codigo.to_string());
    let made = |text: &str| patched(text, codigo.as_deref(), retorno, &answer.text);
    // What is no object has nothing to be kept.
    let objeto_json = made(&case.shown.objeto_json).or_else(|_| made("{}")).unwrap_or_default();
    StatusCliente { id_cliente: case.id, status, objeto_json }
}

fn posted(answer: Result<(), CallError>) -> Posted {
    match answer {
        Ok(()) => Posted::Accepted,
        Err(error) => match &error.fault {
            Fault::Refused { text } | Fault::Duplicate { text, .. } if is_for_good(&error) => {
                Posted::Refused(text.clone())
            }
            Fault::Refused { text } | Fault::Duplicate { text, .. } | Fault::Malformed { text } => {
                Posted::BrokeDown(text.clone())
            }
            _ => Posted::Unclear { why: why(&error), after: wait(&error) },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::case::Shown;
    use super::*;
    use jiff::Timestamp;

    const RECEIVED: &str =
        r#"{"CodigoClienteNuvem":88771,"Codigo":"","Nome":"PADARIA","RetornoImportacao":1,"X":1.50}"#;

    fn told(received: Shown, answer: &Answer) -> StatusCliente {
        let mut case = Customer::new(88_771, received, Timestamp::UNIX_EPOCH);
        case.codigo = Some(5_366_578_999);
        status(&Pedidos::default(), &case, answer)
    }

    #[test]
    fn success_brings_the_id_and_keeps_everything_else() {
        let answer = Answer { is_error: false, text: "Cliente importado com sucesso.".into() };

        let told = told(Shown::new(RECEIVED), &answer);

        assert_eq!((told.id_cliente, told.status), (88_771, 4));
        assert_eq!(
            told.objeto_json,
            r#"{"CodigoClienteNuvem":88771,"Codigo":"5366578999","Nome":"PADARIA","RetornoImportacao":2,"X":1.50,"CriticaImportacao":"Cliente importado com sucesso."}"#
        );
    }

    #[test]
    fn a_refusal_leaves_the_code_as_it_was() {
        let answer = Answer { is_error: true, text: "CNPJ inválido".into() };

        let told = told(Shown::new(RECEIVED), &answer);

        assert_eq!(told.status, 14);
        assert!(
            told.objeto_json.contains(r#""Codigo":"","#)
                && told.objeto_json.contains(r#""RetornoImportacao":3"#)
        );
    }

    #[test]
    fn what_was_no_object_is_answered_all_the_same() {
        let answer = Answer { is_error: true, text: "Cadastro ilegível: x".into() };

        let told = told(Shown::broken("x"), &answer);

        assert_eq!(told.objeto_json, r#"{"RetornoImportacao":3,"CriticaImportacao":"Cadastro ilegível: x"}"#);
    }
}
