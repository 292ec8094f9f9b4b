//! Items (mapping §6.5, §6.6). Unit and barcode are not sent: Omie has its own, and Máxima holds a cut one.

use std::collections::HashSet;

use maxima::PedidoMaxima;
use omie::{NovaIdeItem, NovoInfAdic, NovoItem, NovoProduto};

use super::goods::Priced;
use super::{Comprador, MOST_ITEMS, PedidoRefs, Problem, Sale};

pub(super) fn items(
    pedido: &PedidoMaxima,
    priced: &Priced,
    comprador: &Comprador,
    sale: &Sale<'_>,
    refs: &PedidoRefs<'_>,
) -> Result<Vec<NovoItem>, Problem> {
    let numbers = numbers(pedido);
    let table = pedido.num_regiao.as_deref().and_then(|code| code.trim().parse().ok());
    let table = table.filter(|_| refs.settings.pedidos.enviar_tabela_preco);
    let mut items = Vec::with_capacity(pedido.produtos.len());
    for ((item, price), number) in pedido.produtos.iter().zip(&priced.prices).zip(numbers) {
        let code =
            item.codigo.as_deref().and_then(|code| code.trim().parse().ok()).filter(|id: &i64| *id > 0);
        let Some(codigo_produto) = code else {
            let text = format!("o item {number} do pedido não tem um produto do Omie");
            return Err(Problem::Refuse(text));
        };
        let is_bonus = sale.is_bonus || item.item_bonificado;
        let cfop = if is_bonus { Some(bonus_cfop(comprador, refs)?) } else { None };
        items.push(NovoItem {
            ide: NovaIdeItem { codigo_item_integracao: number.to_string() },
            produto: NovoProduto {
                codigo_produto,
                quantidade: price.quantity,
                valor_unitario: price.unit,
                tipo_desconto: Some("P".to_owned()),
                percentual_desconto: Some(price.discount),
                codigo_tabela_preco: table,
                cfop,
                ..NovoProduto::default()
            },
            inf_adic: info(is_bonus, refs),
            observacao: None,
        });
    }
    Ok(items)
}

/// The seller's numbering if it is one that Omie takes, else 1 to n.
fn numbers(pedido: &PedidoMaxima) -> Vec<i64> {
    let theirs: Vec<i64> = pedido.produtos.iter().filter_map(|item| item.sequencia).collect();
    let distinct: HashSet<i64> = theirs.iter().copied().collect();
    let last = i64::try_from(MOST_ITEMS).unwrap_or(i64::MAX);
    let is_usable = distinct.len() == pedido.produtos.len() && theirs.iter().all(|n| (1..=last).contains(n));
    if is_usable { theirs } else { (1..).take(pedido.produtos.len()).collect() }
}

/// 5.910 inside the state of the branch, 6.910 to another one (mapping §6.6).
fn bonus_cfop(comprador: &Comprador, refs: &PedidoRefs<'_>) -> Result<String, Problem> {
    let Some(uf) = &comprador.uf else {
        let text = "o cliente não tem estado (UF) no cadastro do Omie, e a bonificação depende dele";
        return Err(Problem::Refuse(text.to_owned()));
    };
    Ok(if uf.eq_ignore_ascii_case(&refs.uf) { "5.910" } else { "6.910" }.to_owned())
}

fn info(is_bonus: bool, refs: &PedidoRefs<'_>) -> Option<NovoInfAdic> {
    let info = NovoInfAdic {
        codigo_local_estoque: refs.settings.local_estoque_omie,
        dados_adicionais_item: is_bonus.then(|| "PRODUTO BONIFICADO".to_owned()),
        nao_gerar_financeiro: is_bonus.then_some(true),
        ..NovoInfAdic::default()
    };
    (info != NovoInfAdic::default()).then_some(info)
}
