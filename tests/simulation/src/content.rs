//! What an order should be in Omie, said once more from what its seller sent (mapping §6) and apart from the program's
//! own mapping: a quantity doubled, a freight dropped or an order paid into another account cannot pass for right.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use rust_decimal::{Decimal, RoundingStrategy};
use sales::settings::Settings;
use serde_json::Value;
use simulators::Registry;

use crate::world::World;

/// What the operator had decided when an order was sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    freight: Decimal,
    fee: Decimal,
    accounts: BTreeMap<String, i64>,
    category: Option<String>,
    category_of_bonus: Option<String>,
    location: Option<i64>,
}

impl Terms {
    pub(crate) fn of(settings: &Settings) -> Self {
        Self {
            freight: settings.pedidos.valor_frete_omie,
            fee: settings.pedidos.valor_parcela_boleto_omie,
            accounts: settings.contas.clone(),
            category: settings.pedidos.categoria_omie.clone(),
            category_of_bonus: settings.pedidos.categoria_bonificacao.clone(),
            location: settings.local_estoque_omie,
        }
    }
}

/// An order as its seller sent it, and what decides besides.
pub(crate) struct Ordered<'a> {
    pub(crate) object: &'a Value,
    pub(crate) terms: &'a Terms,
    /// The tenant's day when it was sent.
    pub(crate) today: Date,
}

/// What one line comes to.
struct Line {
    quantity: Decimal,
    price: Decimal,
    percent: Decimal,
}

impl Line {
    fn goods(&self) -> Decimal {
        cents(self.quantity * self.price)
    }

    fn net(&self) -> Decimal {
        self.goods() - cents(self.goods() * self.percent / Decimal::ONE_HUNDRED)
    }
}

type Said = Result<(), String>;

impl Ordered<'_> {
    /// The first thing in which the order in Omie is another one.
    pub(crate) fn unlike(&self, world: &World, erp: &Value) -> Option<String> {
        let checks = [Self::items, Self::money, Self::payment, Self::category, Self::days, Self::words];
        let found = checks.iter().find_map(|check| check(self, erp).err());
        found.or_else(|| self.customer(world, erp).err())
    }

    /// Whether the seller has called it off.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.object["Cancelado"] == true
    }

    fn is_bonus(&self) -> bool {
        text(&self.object["TipoVenda"]["Codigo"]) == "5"
    }

    fn items(&self, erp: &Value) -> Said {
        let (ordered, held) = (list(&self.object["Produtos"]), list(&erp["det"]));
        same("items", ordered.len(), held.len())?;
        for (((item, held), line), nth) in ordered.iter().zip(held).zip(lines(self.object)).zip(1..) {
            let product = &held["produto"];
            let what = |member: &str| format!("{member} of item {nth}");
            same(&what("the product"), text(&item["Codigo"]), text(&product["codigo_produto"]))?;
            same(
                &what("the number"),
                text(&item["Sequencia"]),
                text(&held["ide"]["codigo_item_integracao"]),
            )?;
            same(&what("the quantity"), line.quantity, dec(&product["quantidade"]))?;
            same(&what("the price"), line.price, dec(&product["valor_unitario"]))?;
            same(&what("the discount"), line.percent, dec(&product["percentual_desconto"]))?;
            let is_bonus = self.is_bonus() || item["ItemBonificado"] == true;
            same(&what("the bonus"), is_bonus, held["inf_adic"]["nao_gerar_financeiro"] == "S")?;
            let is_given = matches!(product["cfop"].as_str(), Some("5.910" | "6.910"));
            same(&what("the operation"), is_bonus, is_given)?;
            let location = held["inf_adic"]["codigo_local_estoque"].as_i64();
            same(&what("the stock location"), self.terms.location, location)?;
        }
        Ok(())
    }

    /// The seller's freight, else the operator's.
    fn freight(&self) -> Decimal {
        let typed = dec(&self.object["ValorFrete"]);
        if typed > Decimal::ZERO { typed } else { self.terms.freight }
    }

    /// For each instalment, where a boleto is made.
    fn fee(&self) -> Decimal {
        let means = &self.object["Cobranca"];
        let is_boleto = means["Boleto"] == true || text(&means["Codigo"]) == "15";
        if is_boleto && !self.is_bonus() {
            dec(&self.object["PlanoPagamento"]["NumeroParcelas"]) * self.terms.fee
        } else {
            Decimal::ZERO
        }
    }

    fn total(&self) -> Decimal {
        lines(self.object).iter().map(Line::net).sum::<Decimal>() + self.freight() + self.fee()
    }

    fn money(&self, erp: &Value) -> Said {
        let freight = &erp["frete"];
        same("the freight", self.freight(), dec(&freight["valor_frete"]))?;
        same("the boleto fee", self.fee(), dec(&freight["outras_despesas"]))?;
        let who = match self.object["FreteDespacho"].as_str() {
            _ if self.freight().is_zero() => "9",
            Some("F") => "1",
            _ => "0",
        };
        same("who pays the freight", who, freight["modalidade"].as_str().unwrap_or_default())?;
        let carrier = text(&self.object["TransportadoraDespacho"]["Codigo"]);
        same("the carrier", carrier, text(&freight["codigo_transportadora"]))?;
        same("the total", self.total(), dec(&erp["total_pedido"]["valor_total_pedido"]))
    }

    fn payment(&self, erp: &Value) -> Said {
        let (header, more) = (&erp["cabecalho"], &erp["informacoes_adicionais"]);
        let (means, mut plan) =
            (text(&self.object["Cobranca"]["Codigo"]), text(&self.object["PlanoPagamento"]["Codigo"]));
        let means = if self.is_bonus() { "90".to_owned() } else { means };
        let days = list(&self.object["PlanoPagamento"]["VencimentosVariaveis"]);
        if self.is_bonus() {
            "000".clone_into(&mut plan);
        } else if !days.is_empty() {
            "999".clone_into(&mut plan);
            self.instalments(days, erp)?;
        }
        same("the plan", plan, text(&header["codigo_parcela"]))?;
        same("the means", &means, &text(&more["meio_pagamento"]))?;
        let account = self.terms.accounts.get(&means).copied();
        same("the account", account, more["codigo_conta_corrente"].as_i64())?;
        let is_boleto = self.object["Cobranca"]["Boleto"] == true && !self.is_bonus();
        same("whether there is a boleto", is_boleto, header["nao_gerar_boleto"] != "S")
    }

    fn category(&self, erp: &Value) -> Said {
        let terms = self.terms;
        let of_bonus = terms.category_of_bonus.as_ref().filter(|_| self.is_bonus());
        let wanted = of_bonus.or(terms.category.as_ref()).map(String::as_str);
        same("the category", wanted, erp["informacoes_adicionais"]["codigo_categoria"].as_str())
    }

    /// Equal shares of the total on the seller's days; the last takes the cents.
    fn instalments(&self, days: &[Value], erp: &Value) -> Said {
        let held = list(&erp["lista_parcelas"]["parcela"]);
        same("instalments", days.len(), held.len())?;
        same("their number", dec(&erp["cabecalho"]["qtde_parcelas"]), Decimal::from(days.len()))?;
        let count = Decimal::from(days.len());
        let each = (self.total() / count).round_dp_with_strategy(2, RoundingStrategy::ToZero);
        for ((day, held), nth) in days.iter().zip(held).zip(1..) {
            let is_last = nth == days.len();
            let value = if is_last { self.total() - each * (count - Decimal::ONE) } else { each };
            same(&format!("instalment {nth}"), value, dec(&held["valor"]))?;
            let due = date(&day["DataVencimento"]).unwrap_or(self.today).max(self.today);
            same(&format!("the day of instalment {nth}"), written(due), text(&held["data_vencimento"]))?;
        }
        Ok(())
    }

    fn days(&self, erp: &Value) -> Said {
        let wanted = date(&self.object["DataPrevisaoFaturamento"]);
        let wanted = wanted.unwrap_or_else(|| self.today.saturating_add(2.days())).max(self.today);
        same("the expected day", written(wanted), text(&erp["cabecalho"]["data_previsao"]))
    }

    fn words(&self, erp: &Value) -> Said {
        let more = &erp["informacoes_adicionais"];
        same("the seller", text(&self.object["CodUsuario"]), text(&more["codVend"]))?;
        let theirs = text(&self.object["NumPedidoCliente"]);
        same("the client's own number", theirs, text(&more["numero_pedido_cliente"]))?;
        let parts =
            [("Obs:", "Observacao"), ("Obs Entrega:", "ObservacaoEntrega"), ("Pedido Máxima", "NumPedido")];
        let parts = parts.map(|(label, member)| (label, text(&self.object[member])));
        let said: Vec<String> = parts
            .iter()
            .filter(|(_, words)| !words.is_empty())
            .map(|(label, words)| format!("{label} {words}"))
            .collect();
        same("the note", said.join(" "), text(&erp["observacoes"]["obs_venda"]))
    }

    fn customer(&self, world: &World, erp: &Value) -> Said {
        let code = text(&erp["cabecalho"]["codigo_cliente"]);
        let buyer = &self.object["Cliente"];
        let theirs = text(&buyer["Codigo"]);
        if !theirs.is_empty() {
            same("the customer", &theirs, &code)?;
        }
        let held = world.omie.record(Registry::Clientes, &code).unwrap_or_default();
        let digits = |text: String| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let document = digits(text(&buyer["CNPJ"]));
        same("the customer's document", &document, &digits(text(&held["cnpj_cpf"])))?;
        // Whether a company pays ICMS may have been changed since.
        let is_person = document.len() == 11;
        let ends_there = erp["informacoes_adicionais"]["consumidor_final"] == "S";
        same("whether taxes end there", is_person || ends_there, ends_there)
    }
}

/// What the lines come to, in the reading that gives the total which the seller saw (mapping §6.5).
fn lines(object: &Value) -> Vec<Line> {
    let items = list(&object["Produtos"]);
    let read = |is_lowered: bool| {
        let line = |item: &Value| {
            let typed = dec(&item["PrecoVendaInformado"]);
            Line {
                quantity: dec(&item["Quantidade"]),
                price: if typed > Decimal::ZERO { typed } else { dec(&item["PrecoVenda"]) },
                percent: if is_lowered { dec(&item["PercDesconto"]) } else { Decimal::ZERO },
            }
        };
        items.iter().map(line).collect::<Vec<Line>>()
    };
    let (total, freight) = (dec(&object["ValorTotal"]), dec(&object["ValorFrete"]));
    let allowed = Decimal::new(1, 2) * Decimal::from(items.len());
    let fits = |lines: &[Line]| {
        let sum: Decimal = lines.iter().map(Line::net).sum();
        [total, total - freight].iter().any(|total| (sum - total).abs() <= allowed)
    };
    let (plain, lowered) = (read(false), read(true));
    if !fits(&plain) && fits(&lowered) { lowered } else { plain }
}

/// One more of the first item, in the total too.
pub(crate) fn one_more(object: &mut Value) {
    let before: Decimal = lines(object).iter().map(Line::net).sum();
    let Some(quantity) = object["Produtos"].get(0).map(|item| dec(&item["Quantidade"]) + Decimal::ONE) else {
        return;
    };
    let percent: Vec<Decimal> = lines(object).iter().map(|line| line.percent).collect();
    object["Produtos"][0]["Quantidade"] = number(quantity);
    let mut after = lines(object);
    for (line, percent) in after.iter_mut().zip(percent) {
        line.percent = percent;
    }
    let more = after.iter().map(Line::net).sum::<Decimal>() - before;
    object["ValorTotal"] = number(dec(&object["ValorTotal"]) + more);
    object["ValorProdutos"] = number(dec(&object["ValorProdutos"]) + more);
}

#[expect(clippy::needless_pass_by_value, reason = "most callers have just made what they compare")]
fn same<T: PartialEq + std::fmt::Debug>(what: &str, ordered: T, held: T) -> Said {
    if ordered == held { Ok(()) } else { Err(format!("{what}: {ordered:?} was ordered, Omie has {held:?}")) }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// What is written, as text or as a number; nothing for what is not there.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// An amount, as text or as a number; zero for what is not there.
fn dec(value: &Value) -> Decimal {
    text(value).parse::<Decimal>().unwrap_or_default().normalize()
}

fn number(amount: Decimal) -> Value {
    serde_json::from_str(&amount.normalize().to_string()).unwrap_or_default()
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn date(value: &Value) -> Option<Date> {
    value.as_str()?.get(..10)?.parse().ok()
}

fn written(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// The tenant's day: three hours behind.
pub(crate) fn day(at: Timestamp) -> Date {
    let there = at.saturating_sub(3.hours()).unwrap_or(at);
    there.to_zoned(jiff::tz::TimeZone::UTC).date()
}
