//! What is still to be changed in a record of Omie's, so that it says what the seller wrote. Nothing left: there is
//! nothing to send, and a write whose answer was lost has been done.

use omie::{Cliente, EnderecoEntrega, NovoCliente, Recomendacoes, Tag};

use super::lugar::plain;
use crate::text::{digits, txt};

/// The members of `wanted` that `record` does not have yet. A key of somebody else's stays.
pub(in crate::customers) fn rest(wanted: &NovoCliente, record: &Cliente) -> Option<NovoCliente> {
    let other = |wanted: &Option<String>, has: &Option<String>| {
        wanted.clone().filter(|wanted| txt(has.as_deref(), usize::MAX).as_ref() != Some(wanted))
    };
    let numbers = |wanted: &Option<String>, has: &Option<String>| {
        wanted.clone().filter(|wanted| digits(has.as_deref()) != digits(wanted.as_str()))
    };
    let flag =
        |wanted: Option<bool>, has: Option<bool>| wanted.filter(|wanted| *wanted != (has == Some(true)));
    let mut rest = NovoCliente {
        codigo_cliente_integracao: wanted.codigo_cliente_integracao.clone().filter(|_| key(record).is_none()),
        razao_social: other(&wanted.razao_social, &record.razao_social),
        nome_fantasia: other(&wanted.nome_fantasia, &record.nome_fantasia),
        cnpj_cpf: numbers(&wanted.cnpj_cpf, &record.cnpj_cpf),
        inscricao_estadual: other(&wanted.inscricao_estadual, &record.inscricao_estadual),
        inscricao_municipal: other(&wanted.inscricao_municipal, &record.inscricao_municipal),
        email: other(&wanted.email, &record.email),
        homepage: other(&wanted.homepage, &record.homepage),
        observacao: other(&wanted.observacao, &record.observacao),
        tipo_atividade: other(&wanted.tipo_atividade, &record.tipo_atividade),
        contribuinte: flag(wanted.contribuinte, record.contribuinte),
        optante_simples_nacional: flag(wanted.optante_simples_nacional, record.optante_simples_nacional),
        tags: wanted.tags.iter().filter(|tag| !has_tag(record, tag)).cloned().collect(),
        recomendacoes: defaults(wanted.recomendacoes.as_ref(), record.recomendacoes.as_ref()),
        endereco_entrega: wanted
            .endereco_entrega
            .clone()
            .filter(|wanted| !is_delivered_to(wanted, record.endereco_entrega.as_ref())),
        ..NovoCliente::default()
    };
    address(wanted, record, &mut rest);
    phones(wanted, record, &mut rest);
    (rest != NovoCliente::default()).then_some(rest)
}

/// What a record that is only linked lacks: the tag, and what Omie demands of every change (`contracts/omie.md`
/// §8.10) and the record does not have. Nothing of what it says is changed, and no half of an address is mixed with
/// half of another.
pub(in crate::customers) fn completing(wanted: &NovoCliente, record: &Cliente) -> Option<NovoCliente> {
    let tags: Vec<Tag> = wanted.tags.iter().filter(|tag| !has_tag(record, tag)).cloned().collect();
    if tags.is_empty() {
        return None;
    }
    let mut missing = NovoCliente { tags, ..NovoCliente::default() };
    if txt(record.endereco.as_deref(), 1).is_none() {
        address(wanted, record, &mut missing);
    }
    if txt(record.email.as_deref(), 1).is_none() {
        missing.email.clone_from(&wanted.email);
    }
    Some(missing)
}

/// The integration key of a record, if it has one.
fn key(record: &Cliente) -> Option<String> {
    txt(record.codigo_cliente_integracao.as_deref(), 60)
}

/// Whether the record carries this tag. Omie matches the text; letter case does not make another of it.
pub(in crate::customers) fn has_tag(record: &Cliente, tag: &Tag) -> bool {
    let text = |tag: &Tag| tag.tag.as_deref().and_then(crate::praca::folded);
    record.tags.iter().any(|has| text(has) == text(tag))
}

/// Whether the record is the one with this document, digits.
pub(in crate::customers) fn is_same_document(record: &Cliente, document: &str) -> bool {
    digits(record.cnpj_cpf.as_deref()).as_deref() == Some(document)
}

fn address(wanted: &NovoCliente, record: &Cliente, rest: &mut NovoCliente) {
    let other = |wanted: &Option<String>, has: &Option<String>| {
        wanted.clone().filter(|wanted| txt(has.as_deref(), usize::MAX).as_ref() != Some(wanted))
    };
    rest.endereco = other(&wanted.endereco, &record.endereco);
    rest.endereco_numero = other(&wanted.endereco_numero, &record.endereco_numero);
    rest.complemento = other(&wanted.complemento, &record.complemento);
    rest.bairro = other(&wanted.bairro, &record.bairro);
    rest.estado = other(&wanted.estado, &record.estado);
    rest.cep = wanted.cep.clone().filter(|cep| digits(record.cep.as_deref()).as_ref() != Some(cep));
    rest.cidade = wanted
        .cidade
        .clone()
        .filter(|city| record.cidade_ibge.as_ref() != Some(city) && !is_city(city, record.cidade.as_deref()));
}

/// Whether a city that was sent, as code or as name, is the one with this code.
fn is_city(sent: &str, code: Option<&str>) -> bool {
    let Some(code) = code.and_then(plain) else { return false };
    let name = code.rsplit_once('(').map_or(code.as_str(), |(name, _)| name.trim_end());
    plain(sent).is_some_and(|sent| sent == code || sent == name)
}

fn phones(wanted: &NovoCliente, record: &Cliente, rest: &mut NovoCliente) {
    let whole = |ddd: &Option<String>, number: &Option<String>| {
        let [ddd, number] = [ddd, number].map(|part| digits(part.as_deref()).unwrap_or_default());
        ddd + &number
    };
    let is_other = |wanted: (&Option<String>, &Option<String>), has: (&Option<String>, &Option<String>)| {
        wanted.1.is_some() && whole(wanted.0, wanted.1) != whole(has.0, has.1)
    };
    let (ddd, number) = (&wanted.telefone1_ddd, &wanted.telefone1_numero);
    if is_other((ddd, number), (&record.telefone1_ddd, &record.telefone1_numero)) {
        (rest.telefone1_ddd, rest.telefone1_numero) = (ddd.clone(), number.clone());
    }
    let (ddd, number) = (&wanted.telefone2_ddd, &wanted.telefone2_numero);
    if is_other((ddd, number), (&record.telefone2_ddd, &record.telefone2_numero)) {
        (rest.telefone2_ddd, rest.telefone2_numero) = (ddd.clone(), number.clone());
    }
    let (ddd, number) = (&wanted.fax_ddd, &wanted.fax_numero);
    if is_other((ddd, number), (&record.fax_ddd, &record.fax_numero)) {
        (rest.fax_ddd, rest.fax_numero) = (ddd.clone(), number.clone());
    }
}

fn defaults(wanted: Option<&Recomendacoes>, has: Option<&Recomendacoes>) -> Option<Recomendacoes> {
    let (wanted, none) = (wanted?, Recomendacoes::default());
    let has = has.unwrap_or(&none);
    let rest = Recomendacoes {
        numero_parcelas: wanted
            .numero_parcelas
            .clone()
            .filter(|plan| has.numero_parcelas.as_ref() != Some(plan)),
        codigo_vendedor: wanted.codigo_vendedor.filter(|seller| has.codigo_vendedor != Some(*seller)),
        email_fatura: wanted.email_fatura.clone().filter(|email| has.email_fatura.as_ref() != Some(email)),
        ..Recomendacoes::default()
    };
    (rest != none).then_some(rest)
}

fn is_delivered_to(wanted: &EnderecoEntrega, has: Option<&EnderecoEntrega>) -> bool {
    let Some(has) = has else { return false };
    let same = |wanted: &Option<String>, has: &Option<String>| {
        wanted.is_none() || txt(has.as_deref(), usize::MAX) == *wanted
    };
    same(&wanted.endereco, &has.endereco)
        && same(&wanted.numero, &has.numero)
        && same(&wanted.complemento, &has.complemento)
        && same(&wanted.bairro, &has.bairro)
        && same(&wanted.estado, &has.estado)
        && (wanted.cep.is_none() || digits(wanted.cep.as_deref()) == digits(has.cep.as_deref()))
        && wanted.cidade.as_ref().is_none_or(|city| is_city(city, has.cidade.as_deref()))
}
