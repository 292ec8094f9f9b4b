//! A seller's order as Omie's request (mapping §6.3–§6.6): pure.

mod goods;
mod itens;
mod payment;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use maxima::PedidoMaxima;
use omie::{NovasInformacoes, NovasObservacoes, NovoCabecalho, NovoPedido};

use super::case::Goods;
use super::machine::Prepared;
use crate::settings::Settings;
use crate::text::txt;

/// Omie's note: an order has 1 to 199 items (`contracts/omie.md` §8.23).
const MOST_ITEMS: usize = 199;
/// Sale types (`contracts/maxima.md` §9.5).
const VENDA: i64 = 1;
const BONIFICACAO: i64 = 5;
/// The payment means of what is not paid for.
const SEM_PAGAMENTO: &str = "90";
const BOLETO: &str = "15";
const A_VISTA: &str = "000";

/// What the map needs besides the order.
#[derive(Clone, Debug)]
pub struct PedidoRefs<'a> {
    /// The operator's decisions.
    pub settings: &'a Settings,
    /// The day at the tenant.
    pub today: Date,
    /// State of the branch that sells.
    pub uf: String,
    /// Instalments of the order's plan in Omie (`nQtdeParc`), where it is known.
    pub parcelas: Option<i64>,
}

/// Who buys, as Omie knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comprador {
    /// `codigo_cliente_omie`.
    pub codigo: i64,
    /// A natural person, or no ICMS contributor.
    pub is_consumidor_final: bool,
    /// Their state.
    pub uf: Option<String>,
}

/// A request, and what is to be known about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// For `IncluirPedido`.
    pub request: NovoPedido,
    /// What its goods come to.
    pub goods: Goods,
    /// Something that should be looked at although the order goes.
    pub warning: Option<String>,
}

/// Why an order gives no request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The seller must change it.
    Refuse(String),
    /// A setting is missing.
    Hold(String),
}

impl From<Problem> for Prepared {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Refuse(why) => Self::Refuse(why),
            Problem::Hold(why) => Self::Hold(why),
        }
    }
}

/// What the order is paid with and how it counts.
struct Sale<'a> {
    is_bonus: bool,
    /// Payment means: Omie's code.
    means: &'a str,
    is_boleto: bool,
}

/// Makes the request. `id` is the key that makes it one order however often it is sent.
pub fn map(
    id: &str,
    pedido: &PedidoMaxima,
    comprador: &Comprador,
    refs: &PedidoRefs<'_>,
) -> Result<Mapped, Problem> {
    let sale = sale_of(pedido, refs)?;
    let items = pedido.produtos.len();
    if !(1..=MOST_ITEMS).contains(&items) {
        let text = format!("o pedido tem {items} itens e o Omie aceita de 1 a {MOST_ITEMS}: divida-o");
        return Err(Problem::Refuse(text));
    }
    let priced = goods::priced(pedido, refs)?;
    let det = itens::items(pedido, &priced, comprador, &sale, refs)?;
    let frete = payment::freight(pedido, priced.is_freight_apart, &sale, refs);
    let extras = payment::extras(&frete);
    let total = priced.goods.net + extras;
    let (codigo_parcela, lista_parcelas) = payment::terms(pedido, &sale, total, refs)?;
    let wanted = pedido.data_previsao_faturamento.map(DateTime::date);
    let usual = refs.today.saturating_add(i64::from(refs.settings.pedidos.dias_previsao).days());
    let request = NovoPedido {
        cabecalho: NovoCabecalho {
            codigo_pedido_integracao: id.to_owned(),
            codigo_cliente: comprador.codigo,
            data_previsao: wanted.unwrap_or(usual).max(refs.today),
            etapa: refs.settings.pedidos.etapa_inicial_pedido.clone(),
            codigo_parcela,
            qtde_parcelas: lista_parcelas.as_ref().and_then(|list| i64::try_from(list.parcela.len()).ok()),
            nao_gerar_boleto: (!sale.is_boleto).then_some(true),
            ..NovoCabecalho::default()
        },
        det,
        frete: Some(frete),
        informacoes_adicionais: NovasInformacoes {
            codigo_categoria: category(&sale, refs)?,
            codigo_conta_corrente: payment::account(&sale, refs)?,
            consumidor_final: comprador.is_consumidor_final,
            enviar_email: Some(refs.settings.pedidos.enviar_email_pedido),
            cod_vend: seller(pedido),
            numero_pedido_cliente: txt(pedido.num_pedido_cliente.as_deref(), 60),
            meio_pagamento: is_means(sale.means).then(|| sale.means.to_owned()),
            ..NovasInformacoes::default()
        },
        lista_parcelas,
        observacoes: notes(pedido).map(|text| NovasObservacoes { obs_venda: Some(text) }),
    };
    let postponed = if sale.is_bonus { None } else { payment::postponed(pedido, refs) };
    let warnings: Vec<String> = priced.warning.into_iter().chain(postponed).collect();
    let warning = (!warnings.is_empty()).then(|| warnings.join("; "));
    Ok(Mapped { request, goods: priced.goods, warning })
}

fn sale_of<'a>(pedido: &'a PedidoMaxima, refs: &PedidoRefs<'_>) -> Result<Sale<'a>, Problem> {
    let kind = pedido.tipo_venda.codigo.unwrap_or(VENDA);
    if kind == BONIFICACAO {
        return Ok(Sale { is_bonus: true, means: SEM_PAGAMENTO, is_boleto: false });
    }
    if kind != VENDA && !refs.settings.pedidos.tipos_venda_normais.contains(&kind) {
        let text = format!("o tipo de venda {kind} não é enviado ao Omie: use venda normal ou bonificação");
        return Err(Problem::Refuse(text));
    }
    let Some(means) = pedido.cobranca.codigo.as_deref() else {
        return Err(Problem::Refuse("o pedido não tem meio de pagamento (cobrança)".to_owned()));
    };
    Ok(Sale { is_bonus: false, means, is_boleto: pedido.cobranca.boleto || means == BOLETO })
}

fn category(sale: &Sale<'_>, refs: &PedidoRefs<'_>) -> Result<String, Problem> {
    let settings = &refs.settings.pedidos;
    let of_bonus = settings.categoria_bonificacao.as_ref().filter(|_| sale.is_bonus);
    of_bonus.or(settings.categoria_omie.as_ref()).cloned().ok_or_else(|| {
        Problem::Hold("falta escolher a categoria das vendas (CategoriaOmie) nos parâmetros".to_owned())
    })
}

/// The seller's code in Omie; an order whose seller has none goes without.
fn seller(pedido: &PedidoMaxima) -> Option<i64> {
    let codes = [pedido.cod_usuario.as_deref(), pedido.cod_usur.as_deref()];
    codes.into_iter().flatten().find_map(|code| code.trim().parse().ok().filter(|id: &i64| *id > 0))
}

/// Two digits, as in Omie's list of payment means.
fn is_means(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// The notes that are there, and the number by which the seller knows the order.
fn notes(pedido: &PedidoMaxima) -> Option<String> {
    let parts = [
        ("Obs:", &pedido.observacao),
        ("Obs Entrega:", &pedido.observacao_entrega),
        ("Pedido Máxima", &pedido.num_pedido),
    ];
    let parts = parts.into_iter().filter_map(|(label, text)| {
        let text = txt(text.as_deref(), 2_000)?;
        Some(format!("{label} {text}"))
    });
    let text = parts.collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;
