//! Header and items of an order, and the position they are in.

use omie::{ItemPedido, Pedido};
use rust_decimal::Decimal;

use super::super::reasons::Reasons;
use super::super::vendedores::{WITHOUT_SELLER, seller};
use super::{HistoricoRefs, PedidoLido};
use crate::orders::Posicao;
use crate::text::{code, dec, dt, txt};

/// The position of an order that is not coming.
pub(super) const CANCELADO: &str = "C";
const FATURADO: &str = "F";
const PENDENTE: &str = "P";

/// The largest order number that Máxima takes.
const LARGEST: i64 = 2_147_483_647;
/// The plan of an order whose instalments were typed in (`contracts/omie.md` §8.6).
const CUSTOM: &str = "999";
/// Sale types of Máxima (`contracts/maxima.md` §9.5).
const VENDA: i64 = 1;
const BONIFICACAO: i64 = 5;
/// What an operator is told about a member of the order.
const MEND: &str = "corrija no pedido de venda no Omie";

/// The number on the screen as a number.
pub(super) fn number(pedido: &Pedido) -> Option<i64> {
    let digits = pedido.cabecalho.numero_pedido.as_deref()?.trim();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|number| is_number && *number > 0)
}

pub(super) fn header(
    record: &PedidoLido,
    refs: &HistoricoRefs,
    reasons: &mut Reasons,
) -> maxima::HistoricoPedidoCapa {
    let PedidoLido { pedido, visto, .. } = record;
    let mut capa = maxima::HistoricoPedidoCapa {
        numpedrca: visto.rca.filter(|number| (0..=LARGEST).contains(number)),
        numnota: visto.nota.filter(|number| (0..=LARGEST).contains(number)),
        codfilial: visto.filial.clone().unwrap_or_else(|| refs.filial.clone()),
        condvenda: sale_type(&pedido.det),
        posicao: position(record, refs),
        ..maxima::HistoricoPedidoCapa::default()
    };
    which_one(pedido, &mut capa, reasons);
    who_with_whom(record, refs, &mut capa, reasons);
    how_much(pedido, &mut capa, reasons);
    how_it_is_paid(pedido, refs, &mut capa);
    capa
}

fn which_one(pedido: &Pedido, capa: &mut maxima::HistoricoPedidoCapa, reasons: &mut Reasons) {
    if let Some(number) = number(pedido).filter(|number| *number <= LARGEST) {
        (capa.numped, capa.numtransvenda) = (number, number);
    } else {
        let sent = pedido.cabecalho.numero_pedido.as_deref().unwrap_or_default();
        let rule = format!("o número do pedido precisa ser um inteiro de 1 a {LARGEST}: {MEND}");
        reasons.note("numero_pedido", sent, rule);
    }
    let info = pedido.info_cadastro.as_ref();
    capa.data = info.and_then(|info| dt(info.data_inc, info.hora_inc));
    capa.dtaberturapedpalm = capa.data;
    capa.dtfat = info.and_then(|info| dt(info.data_fat, info.hora_fat));
    reasons.required("infoCadastro.dInc", capa.data.map(|_| String::new()), "informe o suporte do Omie");
    let origin = pedido.cabecalho.origem_pedido.as_deref().unwrap_or_default();
    capa.origemped = if origin.trim().eq_ignore_ascii_case("API") { "F" } else { "T" };
    capa.numitens = i64::try_from(pedido.det.len()).ok();
    capa.obs = txt(pedido.observacoes.as_ref().and_then(|notes| notes.obs_venda.as_deref()), 600);
}

fn who_with_whom(
    record: &PedidoLido,
    refs: &HistoricoRefs,
    capa: &mut maxima::HistoricoPedidoCapa,
    reasons: &mut Reasons,
) {
    let PedidoLido { pedido, vendedor_do_cliente, .. } = record;
    capa.codcli = reasons.code("codigo_cliente", pedido.cabecalho.codigo_cliente.unwrap_or_default());
    match seller(named_seller(pedido), vendedor_do_cliente.clone(), refs.vendedor_padrao.as_ref()) {
        Some(vendedor) => capa.codusur = vendedor,
        None => reasons.note("informacoes_adicionais.codVend", "", WITHOUT_SELLER),
    }
}

/// The seller that the order itself names; Omie also sends 0 for none.
pub(super) fn named_seller(pedido: &Pedido) -> Option<i64> {
    pedido.informacoes_adicionais.as_ref()?.cod_vend.filter(|seller| *seller > 0)
}

fn how_much(pedido: &Pedido, capa: &mut maxima::HistoricoPedidoCapa, reasons: &mut Reasons) {
    let sums = pedido.total_pedido.as_ref();
    let total = sums.and_then(|sums| sums.valor_total_pedido);
    capa.vltotal = dec(reasons.amount("total_pedido.valor_total_pedido", total, MEND), 6);
    capa.vlatend = capa.vltotal;
    capa.vltabela = sums.and_then(|sums| sums.valor_mercadorias).map_or(capa.vltotal, |sum| dec(sum, 6));
    let freight = pedido.frete.as_ref().and_then(|freight| freight.valor_frete);
    capa.vlfrete = dec(freight.unwrap_or_default(), 6);
}

fn how_it_is_paid(pedido: &Pedido, refs: &HistoricoRefs, capa: &mut maxima::HistoricoPedidoCapa) {
    let of_order = pedido.informacoes_adicionais.as_ref().and_then(|info| info.meio_pagamento.as_deref());
    let first = pedido.lista_parcelas.as_ref().and_then(|list| list.parcela.first());
    capa.codcob = txt(of_order, 50)
        .or_else(|| txt(first?.meio_pagamento.as_deref(), 50))
        .unwrap_or_else(|| refs.cobranca_padrao.clone());
    capa.codplpag = txt(pedido.cabecalho.codigo_parcela.as_deref(), 50)
        .filter(|plan| plan != CUSTOM)
        .unwrap_or_else(|| refs.plano_padrao.clone());
}

/// §7.1: cancelled before invoiced, both before the stage. A stage nobody has placed leaves an order of the app where
/// its seller was told that it stands; any other has no position before to be kept, and is pending.
fn position(record: &PedidoLido, refs: &HistoricoRefs) -> &'static str {
    let PedidoLido { pedido, visto, .. } = record;
    let info = pedido.info_cadastro.as_ref();
    if info.is_some_and(|info| info.cancelado == Some(true)) {
        return CANCELADO;
    }
    if info.is_some_and(|info| info.faturado == Some(true)) {
        return FATURADO;
    }
    let stage = pedido.cabecalho.etapa.as_deref().map(str::trim);
    let placed = stage.and_then(|stage| refs.etapas.get(stage)).map(|position| position.as_str());
    placed.or_else(|| visto.posicao.map(Posicao::letter)).unwrap_or(PENDENTE)
}

/// A bonus when every item is one: no receivable, and a fiscal operation x.910.
fn sale_type(items: &[ItemPedido]) -> i64 {
    let is_bonus = |item: &ItemPedido| {
        let is_free = item.inf_adic.as_ref().is_some_and(|info| info.nao_gerar_financeiro == Some(true));
        let cfop = item.produto.as_ref().and_then(|product| product.cfop.as_deref()).unwrap_or_default();
        is_free && cfop.trim().ends_with("910")
    };
    if !items.is_empty() && items.iter().all(is_bonus) { BONIFICACAO } else { VENDA }
}

/// The items, numbered by their place in the order.
pub(super) fn items(
    pedido: &Pedido,
    capa: &maxima::HistoricoPedidoCapa,
    reasons: &mut Reasons,
) -> Vec<maxima::HistoricoPedidoItem> {
    // Items know fewer positions than headers: what is released is still pending.
    let posicao = Some(if capa.posicao == "L" { PENDENTE } else { capa.posicao });
    let numbered = pedido.det.iter().zip(1..);
    let item = |(item, numseq): (&ItemPedido, i64)| {
        let product = item.produto.clone().unwrap_or_default();
        let id = product.codigo_produto.unwrap_or_default();
        let codprod = code(id).unwrap_or_else(|| {
            let field = format!("det[{numseq}].produto.codigo_produto");
            reasons.note(&field, &id.to_string(), format!("o item não tem produto: {MEND}"));
            String::new()
        });
        let (qt, list) = (product.quantidade.unwrap_or_default(), product.valor_unitario.unwrap_or_default());
        maxima::HistoricoPedidoItem {
            numped: capa.numped,
            numseq,
            codprod,
            qt: dec(qt, 6),
            pvenda: dec(net_price(product.valor_total, qt).unwrap_or(list), 6),
            ptabela: dec(list, 6),
            data: capa.data,
            codauxiliar: txt(product.ean.as_deref(), 50),
            posicao,
            ..maxima::HistoricoPedidoItem::default()
        }
    };
    numbered.map(item).collect()
}

/// What one was sold for.
fn net_price(total: Option<Decimal>, quantity: Decimal) -> Option<Decimal> {
    total?.checked_div(quantity)
}
