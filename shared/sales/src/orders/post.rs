//! What Máxima is told about an order (`contracts/maxima.md` §7.3, §7.5, §7.6).

use engine::{Delivery, Entity as _, Entry, Fingerprint, FlowState, Key, StateError, Why};
use maxima::{
    Critica, HistoricoPedidoCapa, HistoricoPedidoItem, Maxima, PedidoMaxima, PosicaoPedido, SituacaoPedido,
    StatusPedido, TipoCritica,
};
use partner_http::{CallError, Fault};
use rust_decimal::Decimal;

use super::Orders;
use super::case::{Critique, Order, Post};
use super::fate::Posicao;
use super::machine::Posted;
use super::prepare::branch_named;
use super::visto::Visto;
use super::why;
use crate::branch::reasons;
use crate::entities::{Filial, Historico, PedidoHistorico};
use crate::flows::said_of_settings;
use crate::praca::in_sao_paulo;
use crate::settings::SetupError;
use crate::target::{CloudRow as _, Planned};
use crate::text::{code, txt};
use crate::waiting::{BUSY, SOON, is_for_good, wait};

/// The largest number that Máxima's history takes.
const LARGEST: i64 = 2_147_483_647;

pub(super) async fn post<S: FlowState>(orders: &Orders<'_, S>, order: &Order, what: &Post) -> Posted {
    let maxima = &orders.tenant.maxima;
    match what {
        Post::Status(critique) => {
            let status = [status(order, critique)];
            // The first result imports the order; what comes later only tells of it.
            let is_later = order.owed.imported && !critique.is_error;
            let answer = if is_later && orders.tenant.settings.pedidos.usar_status_criticas {
                maxima.post_critique(&status).await
            } else {
                maxima.post_order_status(&status).await
            };
            match answer {
                Err(error) if matches!(error.fault, Fault::Duplicate { .. }) => Posted::NumberTaken,
                answer => posted(answer),
            }
        }
        Post::History => history(orders, order).await.unwrap_or_else(|posted| posted),
        Post::Posicao => {
            if order.erp.is_none() || order.fate.is_none() {
                return Posted::Accepted;
            }
            if remembered(orders, order, Visto::default()).await.is_err() {
                return busy();
            }
            moved(orders, order).await
        }
    }
}

/// The position alone, in the header that is there.
async fn moved<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Posted {
    let (Some(erp), Some(fate)) = (&order.erp, &order.fate) else { return Posted::Accepted };
    match orders.tenant.maxima.set_position(erp.numero, position(fate.posicao)).await {
        Ok(true) => Posted::Accepted,
        Ok(false) => Posted::NotThere,
        Err(error) => posted(Err(error)),
    }
}

fn busy() -> Posted {
    Posted::Unclear { why: BUSY.to_owned(), after: SOON }
}

/// Header and items; the error is what came of it before anything was written.
async fn history<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Result<Posted, Posted> {
    let maxima = &orders.tenant.maxima;
    let row = row(orders, order).await?;
    // For the catalogue's reading of past orders, which sees neither the app's number nor its branch.
    let ours =
        Visto { rca: row.capa.numpedrca, filial: Some(row.capa.codfilial.clone()), ..Visto::default() };
    remembered(orders, order, ours).await.map_err(|_| busy())?;
    if is_of_the_catalogue(orders, order).await.map_err(|_| busy())? {
        // Omie's own totals and items are there: ours would take their place, and the catalogue not know of it.
        match moved(orders, order).await {
            Posted::NotThere => forgotten(orders, order).await.map_err(|_| busy())?,
            done => return Ok(done),
        }
    }
    if order.owed.refused.is_some() {
        let lacking = lacking(maxima, &row).await;
        let lacking = lacking.map_err(|error| Posted::Unclear { why: why(&error), after: wait(&error) })?;
        if let Some(lacking) = lacking {
            return Err(Posted::Lacking(lacking));
        }
    }
    let done = posted(write(maxima, &row).await);
    // The catalogue may have written its own row in the meantime.
    forgotten(orders, order).await.map_err(|_| busy())?;
    Ok(done)
}

/// Tells the catalogue's reading of past orders where the order stands: Omie's stage alone need not say it.
async fn remembered<S: FlowState>(
    orders: &Orders<'_, S>,
    order: &Order,
    seen: Visto,
) -> Result<(), StateError> {
    let Some(erp) = &order.erp else { return Ok(()) };
    let posicao = order.fate.as_ref().map(|fate| fate.posicao);
    Visto::remember(orders.state, [(erp.codigo_pedido, Visto { posicao, ..seen })]).await
}

/// The catalogue's entry of the order.
async fn entry<S: FlowState>(
    orders: &Orders<'_, S>,
    order: &Order,
) -> Result<Option<(Key, Entry)>, StateError> {
    let Some(erp) = &order.erp else { return Ok(None) };
    let known = orders.state.known(Historico::NAME, &[Key::from(erp.codigo_pedido)]).await?;
    Ok(known.into_iter().next())
}

async fn is_of_the_catalogue<S: FlowState>(
    orders: &Orders<'_, S>,
    order: &Order,
) -> Result<bool, StateError> {
    Ok(entry(orders, order).await?.is_some_and(|(_, entry)| entry.is_in_use()))
}

/// The catalogue no longer knows what Máxima holds of the order: it writes its row at the next reading.
async fn forgotten<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Result<(), StateError> {
    let Some((key, entry)) = entry(orders, order).await?.filter(|(_, entry)| entry.is_in_use()) else {
        return Ok(());
    };
    orders.state.record(Historico::NAME, &[(key, Entry { fingerprint: None, ..entry })]).await
}

/// What Máxima lacks of what the row names, if it lacks anything.
async fn lacking(maxima: &Maxima, row: &PedidoHistorico) -> Result<Option<String>, CallError> {
    let found = PedidoHistorico::check(maxima, std::slice::from_ref(row), &Planned::default()).await?;
    let found: Vec<Why> = found.into_iter().flatten().collect();
    Ok((!found.is_empty()).then(|| reasons(&found)))
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

fn status(order: &Order, critique: &Critique) -> StatusPedido {
    let pedido = order.pedido.as_ref();
    let of_order =
        |field: fn(&PedidoMaxima) -> &Option<String>| pedido.and_then(|pedido| field(pedido).clone());
    let (situacao, tipo) = if critique.is_error {
        (SituacaoPedido::Erro, TipoCritica::Erro)
    } else {
        (SituacaoPedido::Processado, TipoCritica::Sucesso)
    };
    StatusPedido {
        id_pedido: order.id.clone(),
        data: critique.data,
        status: situacao,
        codusuario: of_order(|pedido| &pedido.codigo_usuario_maxima).or_else(|| order.row.codusuario.clone()),
        codusur: of_order(|pedido| &pedido.cod_usuario).or_else(|| order.row.codusur.clone()),
        numped: of_order(|pedido| &pedido.num_pedido).or_else(|| order.row.numped.clone()),
        numcritica: critique.numcritica,
        condvenda: pedido.and_then(|pedido| pedido.tipo_venda.codigo).unwrap_or(1),
        numpederp: order.erp.as_ref().filter(|_| !critique.is_error).map(|erp| erp.numero),
        critica: Critica {
            tipo,
            posicao: critique.posicao.map_or(PosicaoPedido::Desconhecido, position),
            mensagem: critique.text.clone(),
            atualizacao: false,
        },
    }
}

fn position(posicao: Posicao) -> PosicaoPedido {
    match posicao {
        Posicao::P => PosicaoPedido::Pendente,
        Posicao::L => PosicaoPedido::Liberado,
        Posicao::M => PosicaoPedido::Montado,
        Posicao::F => PosicaoPedido::Faturado,
        Posicao::C => PosicaoPedido::Cancelado,
    }
}

async fn write(maxima: &Maxima, row: &PedidoHistorico) -> Result<(), CallError> {
    let fingerprint = Fingerprint::of(row);
    let key = Key::from(row.capa.numped);
    PedidoHistorico::write(maxima, &[Delivery { key: &key, row, fingerprint: &fingerprint, known: false }])
        .await
}

/// The order as the app's history shows it until the catalogue's own reading of past orders brings it from Omie, with
/// taxes and all.
async fn row<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Result<PedidoHistorico, Posted> {
    let settings = &orders.tenant.settings;
    let (Some(pedido), Some(erp)) = (&order.pedido, &order.erp) else {
        return Err(Posted::Accepted);
    };
    let filial = branch(orders, pedido).await;
    let filial = filial.map_err(|error| Posted::Unclear { why: said_of_settings(&error), after: SOON })?;
    if erp.numero > LARGEST {
        return Err(Posted::Refused(format!("o número {} não cabe no histórico da Máxima", erp.numero)));
    }
    let data = pedido.data.unwrap_or_else(|| in_sao_paulo(order.since));
    let total = pedido.valor_total.unwrap_or_default();
    let posicao = order.fate.as_ref().map_or(PosicaoPedido::Pendente, |fate| position(fate.posicao)).letter();
    let means = txt(pedido.cobranca.codigo.as_deref(), 50);
    let plan = txt(pedido.plano_pagamento.codigo.as_deref(), 50);
    let capa = HistoricoPedidoCapa {
        numped: erp.numero,
        numtransvenda: erp.numero,
        data: Some(data),
        dtaberturapedpalm: Some(pedido.data_abertura_pedido.unwrap_or(data)),
        vltotal: total,
        vlatend: total,
        vltabela: pedido.valor_tabela.unwrap_or(total),
        vlfrete: pedido.valor_frete.unwrap_or_default(),
        codcli: order.codigo_cliente.and_then(code).unwrap_or_default(),
        codusur: seller(pedido).or_else(|| settings.vendedor_padrao.clone()).unwrap_or_default(),
        codfilial: filial,
        condvenda: pedido.tipo_venda.codigo.unwrap_or(1),
        codcob: means.unwrap_or_else(|| settings.cobranca_padrao.clone()),
        codplpag: plan.unwrap_or_else(|| settings.plano_padrao.clone()),
        origemped: "F",
        numpedrca: pedido.num_pedido.as_deref().and_then(|number| number.trim().parse().ok()),
        posicao,
        numitens: i64::try_from(pedido.produtos.len()).ok(),
        obs: txt(pedido.observacao.as_deref(), 600),
        ..HistoricoPedidoCapa::default()
    };
    let item = |(item, numseq): (&maxima::ProdutoPedido, i64)| {
        let sold = item.preco_venda_informado.or(item.preco_venda).unwrap_or(Decimal::ZERO);
        HistoricoPedidoItem {
            numped: erp.numero,
            numseq,
            codprod: item.codigo.clone().unwrap_or_default(),
            qt: item.quantidade.unwrap_or_default(),
            pvenda: sold,
            ptabela: item.preco_tabela_informado.or(item.preco_tabela).unwrap_or(sold),
            data: Some(data),
            ..HistoricoPedidoItem::default()
        }
    };
    Ok(PedidoHistorico { capa, itens: pedido.produtos.iter().zip(1..).map(item).collect() })
}

/// The branch that the order names (`contracts/maxima.md` §7.5), where Máxima has it; else the standard one.
async fn branch<S: FlowState>(orders: &Orders<'_, S>, pedido: &PedidoMaxima) -> Result<String, SetupError> {
    if let Some(named) = branch_named(pedido) {
        let known = orders.state.known(Filial::NAME, &[Key::from(named.as_str())]).await?;
        if known.into_values().any(|entry| entry.is_accepted()) {
            return Ok(named);
        }
    }
    Filial::padrao(orders.state, &orders.tenant.settings).await
}

fn seller(pedido: &PedidoMaxima) -> Option<String> {
    txt(pedido.cod_usuario.as_deref(), 50).or_else(|| txt(pedido.cod_usur.as_deref(), 50))
}
