//! What one unit of each item costs, and whether the items add up to the order (mapping §6.5).

use maxima::{PedidoMaxima, ProdutoPedido};
use rust_decimal::Decimal;

use super::{PedidoRefs, Problem};
use crate::orders::case::Goods;
use crate::text::dec;

/// A cent.
const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// Places of a price that a pack was divided into.
const PLACES: u32 = 6;

/// What one item comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Price {
    /// In the unit of the product.
    pub(super) quantity: Decimal,
    /// Of one unit, before the discount.
    pub(super) unit: Decimal,
    /// Per cent.
    pub(super) discount: Decimal,
}

/// The items in the form that adds up to the order.
pub(super) struct Priced {
    pub(super) prices: Vec<Price>,
    pub(super) goods: Goods,
    /// The total of the order is that of the items and the freight.
    pub(super) is_freight_apart: bool,
    pub(super) warning: Option<String>,
}

/// How the amounts of the app may be meant. The sale price is the negotiated one already, so that the discount on top
/// would be given twice, unless the app sends the list price there; a pack may be priced whole or by unit.
#[derive(Clone, Copy)]
enum Form {
    Net,
    Discounted,
    NetByPack,
}

/// Tries the forms against the total of the order, which the seller has seen.
pub(super) fn priced(pedido: &PedidoMaxima, refs: &PedidoRefs<'_>) -> Result<Priced, Problem> {
    let usual = form(pedido, Form::Net)?;
    let Some(total) = pedido.valor_total else {
        let warning = Some("o pedido veio sem valor total: confira o valor no Omie".to_owned());
        return Ok(Priced { goods: sums(&usual), prices: usual, is_freight_apart: false, warning });
    };
    // The total may hold the freight.
    let without_freight = total - pedido.valor_frete.unwrap_or_default();
    let allowed = CENT * Decimal::from(pedido.produtos.len());
    for candidate in [Form::Net, Form::Discounted, Form::NetByPack] {
        // A form that cannot be meant: a markup is no discount.
        let Ok(prices) = form(pedido, candidate) else { continue };
        let goods = sums(&prices);
        let is_of_items = (goods.net - total).abs() <= allowed;
        if is_of_items || (goods.net - without_freight).abs() <= allowed {
            return Ok(Priced { prices, goods, is_freight_apart: !is_of_items, warning: None });
        }
    }
    let goods = sums(&usual);
    let text = format!(
        "os itens somam R$ {:.2} e o total do pedido é R$ {total:.2}: confira preços e descontos",
        goods.net
    );
    if refs.settings.pedidos.recusar_total_divergente {
        return Err(Problem::Refuse(text));
    }
    Ok(Priced { prices: usual, goods, is_freight_apart: false, warning: Some(text) })
}

fn form(pedido: &PedidoMaxima, form: Form) -> Result<Vec<Price>, Problem> {
    pedido.produtos.iter().zip(1..).map(|(item, place)| price(item, place, form)).collect()
}

fn price(item: &ProdutoPedido, place: usize, form: Form) -> Result<Price, Problem> {
    let refuse = |what: &str| Problem::Refuse(format!("o item {place} do pedido {what}"));
    let packs = item.quantidade.filter(|quantity| *quantity > Decimal::ZERO);
    let packs = packs.ok_or_else(|| refuse("está sem quantidade"))?;
    let typed = item.preco_venda_informado.filter(|price| *price > Decimal::ZERO);
    let price = typed.or(item.preco_venda).filter(|price| *price > Decimal::ZERO);
    let price = price.ok_or_else(|| refuse("está sem preço"))?;
    let in_a_pack = match &item.embalagem_selecionada {
        None => Decimal::ONE,
        Some(pack) => pack.fator.filter(|factor| *factor > Decimal::ZERO).ok_or_else(|| {
            refuse("foi vendido em uma embalagem sem quantidade de unidades: venda em unidades")
        })?,
    };
    let too_large = || refuse("tem uma quantidade ou um preço grande demais");
    let quantity = packs.checked_mul(in_a_pack).ok_or_else(too_large)?;
    quantity.checked_mul(price).ok_or_else(too_large)?;
    let (unit, discount) = match form {
        Form::Net => (price, Decimal::ZERO),
        Form::Discounted => (price, item.perc_desconto.unwrap_or_default()),
        Form::NetByPack => (dec(price / in_a_pack, PLACES), Decimal::ZERO),
    };
    if !(Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&discount) {
        return Err(refuse("tem um desconto fora de 0 a 100 %"));
    }
    Ok(Price { quantity, unit, discount })
}

fn sums(prices: &[Price]) -> Goods {
    let gross = |price: &Price| dec(price.quantity * price.unit, 2);
    let net = |price: &Price| {
        let factor = (Decimal::ONE_HUNDRED - price.discount) / Decimal::ONE_HUNDRED;
        dec(price.quantity * price.unit * factor, 2)
    };
    Goods { gross: prices.iter().map(gross).sum(), net: prices.iter().map(net).sum() }
}
