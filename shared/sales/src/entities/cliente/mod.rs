//! Cliente: the records of Omie's one registry that carry the tag "Cliente" (mapping §4.12). The listing is of all
//! records: suppliers and carriers are found in it too, and a client that has lost its tag is seen to have.

mod endereco;
mod refs;

pub use refs::ClienteRefs;

use std::time::Duration;

use engine::{Entity, Key, Mapped, Retirement, Scope};
use serde_json::{Value, json};

use super::reasons::Reasons;
use super::{Atividade, Cidade, Cobranca, PlanoPagamento, Praca, Vendedor, change, ids, times};
use crate::orders::Taxes;
use crate::source::{EVER, MINUTES, days};
use crate::synced::FromOmie;
use crate::text::{code, dec, digits, dt, first_email, masked, phone, sn, txt};

/// A client.
pub struct Cliente;

/// Where Máxima names no length of its own, its largest (`contracts/maxima.md` §5).
const LONGEST: usize = 4_000;
/// What an operator is told about a member of the client's registry.
const MEND: &str = "preencha no cadastro do cliente no Omie";

impl Entity for Cliente {
    const NAME: &'static str = "clientes";
    const AFTER: &'static [&'static str] =
        &[Cidade::NAME, Atividade::NAME, Cobranca::NAME, PlanoPagamento::NAME, Vendedor::NAME, Praca::NAME];
    type Record = omie::Cliente;
    type Row = maxima::Cliente;
    type Refs = ClienteRefs;

    fn key(cliente: &omie::Cliente) -> Key {
        cliente.codigo_cliente_omie.into()
    }

    fn map(cliente: omie::Cliente, refs: &ClienteRefs) -> Mapped<maxima::Cliente> {
        if !refs.etiqueta.is_on(&cliente) {
            return Mapped::Gone("sem a etiqueta de cliente");
        }
        let (mut row, mut reasons) = (maxima::Cliente::default(), Reasons::default());
        who_it_is(&cliente, &mut row, &mut reasons);
        how_to_reach_it(&cliente, &mut row);
        how_it_buys(&cliente, refs, &mut row, &mut reasons);
        what_it_may_do(&cliente, refs, &mut row);
        endereco::where_it_is(&cliente, refs, &mut row, &mut reasons);
        reasons.verdict(row)
    }

    /// Its seller: titles and orders that name none are that seller's (mapping §4.16, §4.17). And what its taxes
    /// depend on, for the orders that come from the app (§6.3, §6.6).
    fn facts(cliente: &omie::Cliente) -> Option<Value> {
        let vendedor = cliente.recomendacoes.as_ref().and_then(|defaults| code(defaults.codigo_vendedor));
        let mut facts = json!({"impostos": Taxes::of(cliente)});
        if let Some(vendedor) = vendedor {
            facts["vendedor"] = vendedor.into();
        }
        Some(facts)
    }

    fn retirement(key: &Key, _: Option<&Value>, _: &ClienteRefs) -> Retirement {
        change(json!({"Codcli": key, "Bloqueio": sn(true), "Bloqueiodefinitivo": sn(true)}))
    }
}

impl FromOmie for Cliente {
    type Listing = omie::ListarClientes;

    const OVERLAP: Option<Duration> = Some(MINUTES);

    fn listing(_refs: &Self::Refs, scope: Scope, _part: &str) -> omie::ListarClientes {
        let ((first, last), (from, to)) = (days(scope), times(scope));
        omie::ListarClientes {
            filtrar_por_data_de: Some(first),
            filtrar_por_data_ate: Some(last),
            filtrar_por_hora_de: from,
            filtrar_por_hora_ate: to,
            ..omie::ListarClientes::default()
        }
    }

    fn by_keys(keys: &[Key]) -> Option<omie::ListarClientes> {
        Some(omie::ListarClientes {
            filtrar_por_data_de: Some(EVER.0),
            filtrar_por_data_ate: Some(EVER.1),
            ..omie::ListarClientes::by_ids(ids(keys)?)
        })
    }
}

fn who_it_is(cliente: &omie::Cliente, row: &mut maxima::Cliente, reasons: &mut Reasons) {
    let razao_social = cliente.razao_social.as_deref();
    row.codcli = reasons.code("codigo_cliente_omie", cliente.codigo_cliente_omie);
    row.cliente = reasons.required("razao_social", txt(razao_social, 100), MEND);
    row.fantasia = txt(cliente.nome_fantasia.as_deref(), 100).unwrap_or_else(|| row.cliente.clone());
    row.cgcent = reasons.required("cnpj_cpf", masked(cliente.cnpj_cpf.as_deref(), 18), MEND);
    row.tipofj = person_or_company(cliente, reasons);
    row.consumidorfinal = sn(row.tipofj == "F");
    if let Some(ie) = masked(cliente.inscricao_estadual.as_deref(), 15) {
        row.ieent = ie;
    }
    row.iment = txt(cliente.inscricao_municipal.as_deref(), LONGEST);
    row.dtcadastro = cliente.info.as_ref().and_then(|info| dt(info.data_inc, info.hora_inc));
    row.obs = txt(cliente.observacao.as_deref(), LONGEST);
}

/// `pessoa_fisica`; when Omie does not say, the length of the tax number does.
fn person_or_company(cliente: &omie::Cliente, reasons: &mut Reasons) -> &'static str {
    let document = cliente.cnpj_cpf.as_deref();
    match (cliente.pessoa_fisica, digits(document).map_or(0, |digits| digits.len())) {
        (Some(true), _) | (None, 11) => "F",
        (Some(false), _) | (None, 14) => "J",
        (None, _) => {
            let rule = "não é CPF (11 dígitos) nem CNPJ (14): corrija no cadastro do cliente no Omie";
            reasons.note("cnpj_cpf", document.unwrap_or_default(), rule);
            ""
        }
    }
}

fn how_to_reach_it(cliente: &omie::Cliente, row: &mut maxima::Cliente) {
    let of_invoice = cliente.recomendacoes.as_ref().and_then(|defaults| defaults.email_fatura.as_deref());
    let email = cliente.email.as_deref();
    row.email = first_email(email, 100);
    row.emailnfe = txt(of_invoice, LONGEST).or_else(|| txt(email, LONGEST));
    row.telent = phone(cliente.telefone1_ddd.as_deref(), cliente.telefone1_numero.as_deref(), LONGEST);
    row.telcom = phone(cliente.telefone2_ddd.as_deref(), cliente.telefone2_numero.as_deref(), LONGEST);
}

fn how_it_buys(
    cliente: &omie::Cliente,
    refs: &ClienteRefs,
    row: &mut maxima::Cliente,
    reasons: &mut Reasons,
) {
    let defaults = cliente.recomendacoes.as_ref();
    row.codatv1 = txt(cliente.tipo_atividade.as_deref(), 50).unwrap_or_else(|| refs.ramo_padrao.clone());
    row.codplpag = txt(defaults.and_then(|defaults| defaults.numero_parcelas.as_deref()), 50)
        .filter(|plan| refs.planos.contains(plan))
        .unwrap_or_else(|| refs.plano_padrao.clone());
    row.codcob.clone_from(&refs.cobranca_padrao);
    row.limcred = cliente.valor_limite_credito.map(|limit| dec(limit, 2));
    match code(defaults.and_then(|defaults| defaults.codigo_vendedor))
        .or_else(|| refs.vendedor_padrao.clone())
    {
        Some(vendedor) => row.codusur1 = vendedor,
        None => reasons.note("recomendacoes.codigo_vendedor", "", WITHOUT_SELLER),
    }
    let tags = cliente.tags.iter().filter_map(|tag| tag.tag.as_deref());
    match refs.pracas.of(tags, cliente.estado.as_deref()) {
        Ok(praca) => row.codpraca = praca,
        Err(none) => reasons.note("tags", &tags_of(cliente), none.to_string()),
    }
}

const WITHOUT_SELLER: &str = "cliente sem vendedor: escolha o vendedor nas recomendações do cliente no Omie ou \
                              preencha VendedorPadrao nos parâmetros";

fn tags_of(cliente: &omie::Cliente) -> String {
    cliente.tags.iter().filter_map(|tag| tag.tag.as_deref()).collect::<Vec<_>>().join(", ")
}

fn what_it_may_do(cliente: &omie::Cliente, refs: &ClienteRefs, row: &mut maxima::Cliente) {
    let is_inactive = cliente.inativo == Some(true);
    // The billing block is not a SEFAZ block: `bloqueiosefaz` stays N.
    row.bloqueio = sn(is_inactive || cliente.bloquear_faturamento == Some(true));
    row.bloqueiodefinitivo = sn(is_inactive);
    row.contribuinte = sn(cliente.contribuinte);
    row.simplesnacional = sn(cliente.optante_simples_nacional);
    row.condvenda5 = sn(refs.bonificacao);
}

#[cfg(test)]
mod tests;
