//! A customer of the app as Omie's request (mapping §8): pure.

mod document;
mod lugar;
mod resto;

pub(crate) use lugar::{Cidades, cities_named_by};
pub(super) use resto::{completing, has_tag, is_same_document, rest};

use maxima::ClienteMaximaCadastro;
use omie::{NovoCliente, Recomendacoes, Tag};

use crate::text::{digits, masked, txt};

/// A plan that exists in Máxima only (`contracts/maxima.md` §9.6).
const OF_BONUS: &str = "BNF";

/// What the map needs besides the customer.
#[derive(Clone, Debug)]
pub struct CadastroRefs<'a> {
    /// The tag of clients.
    pub etiqueta: &'a str,
    /// The cities that its addresses may name.
    pub cidades: &'a std::collections::BTreeMap<String, crate::entities::Municipio>,
}

/// Makes the request, or says what the seller must correct. `id` is the key that makes it one customer however often
/// it is sent. Never sent: what Omie computes (`pessoa_fisica`) and what it no longer wants (`bloqueado`).
pub fn map(
    id: i64,
    cadastro: &ClienteMaximaCadastro,
    refs: &CadastroRefs<'_>,
) -> Result<NovoCliente, String> {
    let document = document::checked(cadastro.cnpj.as_deref())?;
    let Some(razao_social) = txt(cadastro.nome.as_deref(), 60) else {
        return Err("informe o nome (razão social) do cliente".to_owned());
    };
    let configuracoes = &cadastro.configuracoes;
    let mut novo = NovoCliente {
        codigo_cliente_integracao: Some(id.to_string()),
        razao_social: Some(razao_social),
        nome_fantasia: txt(cadastro.fantasia.as_deref(), 100),
        cnpj_cpf: Some(document),
        inscricao_estadual: masked(cadastro.inscricao_estadual.as_deref(), 20),
        inscricao_municipal: masked(cadastro.inscricao_municipal.as_deref(), 20),
        email: emails(cadastro.email.as_deref()),
        homepage: txt(cadastro.site.as_deref(), 100),
        observacao: txt(cadastro.observacao.as_deref(), 4_000),
        tipo_atividade: txt(cadastro.ramo_atividade.codigo.as_deref(), 50),
        contribuinte: configuracoes.contribuinte,
        optante_simples_nacional: configuracoes.simples_nacional,
        tags: vec![Tag { tag: Some(refs.etiqueta.to_owned()) }],
        recomendacoes: defaults(cadastro),
        ..NovoCliente::default()
    };
    reach(cadastro, &mut novo);
    lugar::place(cadastro, refs.cidades, &mut novo);
    Ok(novo)
}

fn defaults(cadastro: &ClienteMaximaCadastro) -> Option<Recomendacoes> {
    let seller = cadastro.codigo_rca.as_deref().and_then(|code| code.trim().parse().ok());
    let defaults = Recomendacoes {
        numero_parcelas: txt(cadastro.plano_pagamento.codigo.as_deref(), 50).filter(|plan| plan != OF_BONUS),
        codigo_vendedor: seller.filter(|id: &i64| *id > 0),
        email_fatura: emails(cadastro.email_nfe.as_deref()),
        ..Recomendacoes::default()
    };
    (defaults != Recomendacoes::default()).then_some(defaults)
}

/// Omie separates addresses by comma (`contracts/omie.md` §8.8).
fn emails(text: Option<&str>) -> Option<String> {
    txt(text?.replace(';', ",").as_str(), 500)
}

/// The phones: the first two different ones, by what they are for.
fn reach(cadastro: &ClienteMaximaCadastro, novo: &mut NovoCliente) {
    let mut phones: Vec<Phone> = Vec::new();
    for text in [
        &cadastro.telefone,
        &cadastro.telefone2,
        &cadastro.telefone_comercial,
        &cadastro.whatsapp_comercial,
        &cadastro.telefone_cobranca,
    ] {
        phones.extend(phone(text.as_deref()).filter(|phone| !phones.contains(phone)));
    }
    let mut phones = phones.into_iter();
    if let Some(Phone { ddd, number }) = phones.next() {
        (novo.telefone1_ddd, novo.telefone1_numero) = (ddd, Some(number));
    }
    if let Some(Phone { ddd, number }) = phones.next() {
        (novo.telefone2_ddd, novo.telefone2_numero) = (ddd, Some(number));
    }
    if let Some(Phone { ddd, number }) = phone(cadastro.fax.as_deref()) {
        (novo.fax_ddd, novo.fax_numero) = (ddd, Some(number));
    }
}

#[derive(PartialEq)]
struct Phone {
    ddd: Option<String>,
    number: String,
}

/// Split where 10 or 11 digits say that the area code is there (mapping §8), the long-distance zero not counted;
/// anything else stays whole.
fn phone(text: Option<&str>) -> Option<Phone> {
    let whole = txt(text, 15)?;
    let Some(found) = digits(text) else { return Some(Phone { ddd: None, number: whole }) };
    let found = found.strip_prefix('0').filter(|rest| rest.len() >= 10).unwrap_or(&found);
    Some(match found.len() {
        10 | 11 => Phone { ddd: Some(found[..2].to_owned()), number: found[2..].to_owned() },
        _ => Phone { ddd: None, number: whole },
    })
}

#[cfg(test)]
mod tests;
