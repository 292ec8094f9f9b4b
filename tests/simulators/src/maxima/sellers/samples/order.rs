//! A sample order.

use fastrand::Rng;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::lines::{Lines, cents, lines};
use super::{OrderKind, Row, midnight, moment, number, row, rows, text};
use crate::dataset::{at, text_of};
use crate::maxima::sellers::{Newcomer, NotPossible, Sellers};
use crate::maxima::tables::Tables;

/// Who buys, where, from whom.
struct Buyer {
    client: Value,
    region: String,
    seller: String,
}

/// The last registered customer the ERP does not have yet.
pub(in crate::maxima::sellers) fn waiting(sellers: &Sellers) -> Option<&Newcomer> {
    sellers.newcomers.values().rfind(|newcomer| newcomer.code().is_empty())
}

/// An order as the app sends it, without its identity and number: a plausible choice of the some 330 members, the
/// ones of §7.2 and a few nobody reads.
pub(in crate::maxima::sellers) fn order(
    kind: OrderKind,
    tables: &Tables,
    sellers: &Sellers,
    now: Timestamp,
    rng: &mut Rng,
) -> Result<Value, NotPossible> {
    let buyer = match kind {
        OrderKind::NewCustomer => new_buyer(tables, sellers, rng)?,
        _ => known_buyer(kind, tables, rng)?,
    };
    let branch = row(tables, "Filiais", rng, |_, _| true)?;
    let lines = lines(kind, tables, &buyer.region, rng)?;
    let (means, plan) = paid(kind, rng);
    let means = row(tables, "Cobrancas", rng, |key, _| key == means)?;
    let plan = row(tables, "PlanosPagamentos", rng, |key, _| key == plan)?;
    let carrier = rows(tables, "Transportadoras", 1, rng, |_, _| true).pop();
    let mut order = frame(kind, &buyer, &branch, now, rng);
    order["Cobranca"] = json!({ "Codigo": text(&means, "Codcob"), "Descricao": text(&means, "cobranca"),
        "Boleto": text(&means, "Boleto") == "S", "Cartao": text(&means, "Cartao") == "S", "NivelVenda": 1 });
    order["PlanoPagamento"] = terms(kind, &plan, now, rng);
    order["TransportadoraDespacho"] = match carrier {
        Some(carrier) if rng.u8(..4) == 0 => json!({ "Codigo": text(&carrier, "Codtransp") }),
        _ => Value::Null,
    };
    totals(kind, &mut order, lines, rng);
    if rng.u8(..5) == 0 {
        loosen(&mut order);
    }
    Ok(order)
}

fn known_buyer(kind: OrderKind, tables: &Tables, rng: &mut Rng) -> Result<Buyer, NotPossible> {
    let person = if kind == OrderKind::NaturalPerson { "F" } else { "" };
    let client = row(tables, "Clientes", rng, |_, client| {
        text(client, "Bloqueio") == "N"
            && (person.is_empty() || text(client, "Tipofj") == person)
            && tables.row("Pracas", &text(client, "Codpraca")).is_some_and(|praca| has_prices(tables, &praca))
    })?;
    let praca = tables.row("Pracas", &text(&client, "Codpraca")).unwrap_or_default();
    let (ender, digits) = (text(&client, "Enderent"), |text: String| text.replace(['.', '/', '-'], ""));
    Ok(Buyer {
        region: text(&praca, "Numregiao"),
        seller: text(&client, "Codusur1"),
        client: json!({
            "Codigo": text(&client, "Codcli"), "CodigoClienteNuvem": null, "CNPJ": digits(text(&client, "Cgcent")),
            "Nome": text(&client, "Cliente"), "Fantasia": text(&client, "Fantasia"),
            "Configuracoes": { "ClienteRecemCadastrado": false, "Contribuinte": text(&client, "Contribuinte") == "S" },
            "Endereco": { "Logradouro": ender, "Numero": text(&client, "Numeroent"), "Bairro": text(&client, "Bairroent"),
                "Cidade": text(&client, "Municent"), "UF": text(&client, "Estent"), "Cep": text(&client, "Cepent") },
            "EnderecosEntrega": [], "Praca": { "Codigo": text(&client, "Codpraca"),
                "Regiao": { "Codigo": text(&praca, "Numregiao") } }
        }),
    })
}

fn new_buyer(tables: &Tables, sellers: &Sellers, rng: &mut Rng) -> Result<Buyer, NotPossible> {
    let newcomer =
        waiting(sellers).ok_or_else(|| NotPossible("não há cliente novo: cadastre um antes".to_owned()))?;
    let object = newcomer.object();
    let member = |path: &str| text_of(at(&object, path));
    let praca = row(tables, "Pracas", rng, |key, praca| {
        (member("Praca.Codigo").is_empty() || key == member("Praca.Codigo")) && has_prices(tables, praca)
    })?;
    Ok(Buyer {
        region: text(&praca, "Numregiao"),
        seller: member("CodigoRCA"),
        client: json!({
            "Codigo": "", "CodigoClienteNuvem": newcomer.id, "CNPJ": member("CNPJ"), "Nome": member("Nome"),
            "Fantasia": member("Fantasia"), "Configuracoes": { "ClienteRecemCadastrado": true },
            "Endereco": object["Endereco"], "EnderecosEntrega": [], "Praca": object["Praca"]
        }),
    })
}

fn has_prices(tables: &Tables, praca: &Row) -> bool {
    let of_region = format!("/{}", text(praca, "Numregiao"));
    text(praca, "Situacao") == "A" && tables.rows("TabelasPrecos").any(|(key, _)| key.ends_with(&of_region))
}

/// Means and plan.
fn paid(kind: OrderKind, rng: &mut Rng) -> (&'static str, &'static str) {
    match kind {
        OrderKind::Cash | OrderKind::NaturalPerson => ("01", "000"),
        OrderKind::Pix => ("17", "000"),
        OrderKind::Bonus => ("BNF", "BNF"),
        OrderKind::UnmappedMeans => ("16", "000"),
        OrderKind::Boleto | OrderKind::Variable => ("15", "A03"),
        _ => [("15", "A03"), ("01", "000"), ("17", "000"), ("03", "A28")][rng.usize(..4)],
    }
}

fn terms(kind: OrderKind, plan: &Row, now: Timestamp, rng: &mut Rng) -> Value {
    let mut terms = json!({ "Codigo": text(plan, "Codplpag"), "Descricao": text(plan, "Descricao"),
        "NumeroParcelas": plan.get("Numparcelas"), "TipoPrazo": text(plan, "Tipoprazo"),
        "VencimentosVariaveis": [] });
    if kind == OrderKind::Variable {
        let count = rng.i64(2..5);
        let due = |nth: i64| json!({ "NumParcela": nth, "DataVencimento": midnight(now, nth * 17 + 4) });
        terms["VencimentosVariaveis"] = (1..=count).map(due).collect();
        terms["NumeroParcelas"] = count.into();
    }
    terms
}

/// What the kind does not change.
fn frame(kind: OrderKind, buyer: &Buyer, branch: &Row, now: Timestamp, rng: &mut Rng) -> Value {
    let (code, name) = match kind {
        OrderKind::Bonus => (5, "Bonificação"),
        OrderKind::FutureDelivery => (7, "Venda Entrega Futura"),
        _ => (1, "Venda Normal"),
    };
    let forecast = match rng.u8(..8) {
        0 => Value::Null,
        1 => midnight(now, -3).into(),
        _ => midnight(now, rng.i64(0..6)).into(),
    };
    let (said, delivery) = (
        ["Entregar pela manhã", "", "Cliente pediu nota \"separada\"; ligar antes", "Obs: ç ã õ \\ / fim"],
        [Value::Null, "Portão dos fundos".into(), "".into()],
    );
    json!({
        "CodigoPedidoNuvem": "", "NumPedido": "", "NumPedidoRCA": 0, "NumPedidoERP": null,
        "NumPedidoCliente": if rng.u8(..4) == 0 { json!(format!("OC-{}", rng.u16(..))) } else { Value::Null },
        "CodUsuario": buyer.seller, "CodUsur": buyer.seller, "CodigoUsuarioMaxima": "", "Data": moment(now, 0),
        "DataAberturaPedido": moment(now, 0), "DataFechamentoPedido": moment(now, 0),
        "DataPrevisaoFaturamento": forecast, "EhOrcamento": kind == OrderKind::Quotation, "Cancelado": false,
        "OrigemPedido": "F", "NumPedidoTV1": 0, "NumPedBonific": null, "TipoBonificacao": null,
        "TipoVenda": { "Codigo": code, "Descricao": name, "IsBonificacao": code == 5, "IsTroca": false },
        "Cliente": buyer.client, "Filial": { "Codigo": text(branch, "Codigo"), "Nome": text(branch, "Fantasia") },
        "FilialNF": { "Codigo": text(branch, "Codigo") }, "CodigoFilialNF": text(branch, "Codigo"),
        "Observacao": said[rng.usize(..said.len())], "ObservacaoEntrega": delivery[rng.usize(..delivery.len())],
        "NumRegiao": buyer.region, "Multifilial": false, "PedidoPai": null,
        "PedidoBloqueadoEnvioErp": kind == OrderKind::Blocked, "FreteJaInclusoNoValorTotal": false,
        "FreteDespacho": if rng.bool() { "C" } else { "F" }, "ValorOutrasDespesas": 0,
        "VersaoApp": "4.12.0", "Bateria": 0.87, "Assinatura": null,
        "Geolocalizacao": { "Latitude": -16.686_9, "Longitude": -49.264_8, "Precisao": 12.5 }
    })
}

fn totals(kind: OrderKind, order: &mut Value, lines: Lines, rng: &mut Rng) {
    let Lines { items, total, listed } = lines;
    let freight = match kind {
        OrderKind::Freight => Decimal::new(rng.i64(500..9_000), 2),
        _ => Decimal::ZERO,
    };
    let stated = match kind {
        OrderKind::Freight if rng.bool() => total + freight,
        OrderKind::WrongTotal => cents(total * Decimal::new(93, 2)) + Decimal::ONE,
        _ => total,
    };
    let spread = kind == OrderKind::Discount && !listed.is_zero();
    let spread = if spread { cents((listed - total) / listed * Decimal::ONE_HUNDRED) } else { Decimal::ZERO };
    order["ValorTotal"] = number(stated);
    order["ValorTabela"] = number(listed);
    order["ValorProdutos"] = number(total);
    order["ValorFrete"] = number(freight);
    order["PercDescontoPedido"] = number(spread);
    order["PercDescontoCabecalho"] = number(spread);
    order["Produtos"] = Value::Array(items);
}

/// Numbers as text, as some versions of the app write them (§7.2).
fn loosen(order: &mut Value) {
    for path in ["/TipoVenda/Codigo", "/PlanoPagamento/NumeroParcelas", "/ValorTotal"] {
        if let Some(value) = order.pointer_mut(path) {
            *value = text_of(value).into();
        }
    }
    for item in order["Produtos"].as_array_mut().into_iter().flatten() {
        for name in ["Sequencia", "Quantidade", "PrecoVenda"] {
            item[name] = text_of(&item[name]).into();
        }
    }
}
