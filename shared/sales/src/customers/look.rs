//! Reads of Omie: who has a document, who has our key, what a record says (`contracts/omie.md` §8.8, §8.9).

use engine::FlowState;
use omie::{Call as _, ConsultarCliente, ConsultarClienteInteiro, ListarClientes, Omie};
use partner_http::{CallError, Fault};

use super::Customers;
use super::case::{Customer, Question};
use super::machine::{Found, Here};
use super::why;
use crate::source::EVER;
use crate::text::digits;
use crate::waiting::wait;

/// The customer with this document (digits), an active one before an inactive one; none when Omie has none.
pub async fn find_by_document(omie: &Omie, document: &str) -> Result<Option<omie::Cliente>, CallError> {
    let listing = ListarClientes {
        filtrar_por_data_de: Some(EVER.0),
        filtrar_por_data_ate: Some(EVER.1),
        ..ListarClientes::by_document(document)
    };
    let mut found = omie.list(&listing, 1).await?.items;
    // Were the filter not honoured, anybody would be in the answer, and be taken for the customer.
    found.retain(|cliente| digits(cliente.cnpj_cpf.as_deref()).as_deref() == Some(document));
    found.sort_by_key(|cliente| (cliente.inativo == Some(true), cliente.codigo_cliente_omie));
    Ok(found.into_iter().next())
}

pub(super) async fn look<S: FlowState>(
    customers: &Customers<'_, S>,
    case: &Customer,
    question: &Question,
) -> Found {
    match asked(customers, case, question).await {
        Ok(found) => found,
        Err(error) => match &error.fault {
            Fault::NotFound { .. } => Found::Nowhere,
            _ => Found::Unknown { why: why(&error), after: wait(&error) },
        },
    }
}

async fn asked<S: FlowState>(
    customers: &Customers<'_, S>,
    case: &Customer,
    question: &Question,
) -> Result<Found, CallError> {
    let omie = &customers.tenant.omie;
    let here = |cliente, whole| Found::Here(Box::new(Here { cliente, whole }));
    Ok(match question {
        Question::Document(document) => {
            match customers.spared(ListarClientes::METHOD, find_by_document(omie, document)).await? {
                Some(cliente) => here(cliente, None),
                None => Found::Nowhere,
            }
        }
        Question::Key => {
            let call = ConsultarCliente::by_integracao(&case.key());
            here(customers.spared(ConsultarCliente::METHOD, omie.call(&call)).await?, None)
        }
        Question::Codigo(codigo) | Question::Row(codigo) => {
            let call = ConsultarClienteInteiro(ConsultarCliente::by_codigo(*codigo));
            let whole = customers.spared(ConsultarCliente::METHOD, omie.call(&call)).await?;
            match whole.cliente() {
                Ok(cliente) => here(cliente, Some(whole)),
                Err(unreadable) => {
                    let (path, problem) = (unreadable.path, unreadable.problem);
                    Found::Unreadable(format!(
                        "o cliente {codigo} no Omie tem um valor ilegível em {path} ({problem}): corrija-o"
                    ))
                }
            }
        }
    })
}
