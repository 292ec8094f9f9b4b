//! What an operator decides about orders and new customers (mapping §6, §8, §10).

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Problem;

/// The settings of orders and new customers, each by the name of the mapping §10.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that the mapping names")]
pub struct Pedidos {
    /// Category of a sale (`codigo_categoria`); orders are held while it is missing.
    pub categoria_omie: Option<String>,
    /// Category of a bonus; none: that of a sale.
    pub categoria_bonificacao: Option<String>,
    /// Checking account (`nCodCC`) of a bonus when means "90" has none.
    pub conta_bonificacao: Option<i64>,
    /// Freight of an order whose seller typed none, in reais; 0: none.
    #[serde(with = "crate::decimal::typed")]
    pub valor_frete_omie: Decimal,
    /// Fee per instalment of a boleto order, in reais; 0: none.
    #[serde(with = "crate::decimal::typed")]
    pub valor_parcela_boleto_omie: Decimal,
    /// Days from today to the expected billing of an order that names no day.
    pub dias_previsao: u32,
    /// The stage in which an order is born (`contracts/omie.md` §8.23).
    pub etapa_inicial_pedido: String,
    /// Whether Omie mails the order to the customer.
    pub enviar_email_pedido: bool,
    /// Whether an order whose items do not add up to its total is refused; else it goes with a warning.
    pub recusar_total_divergente: bool,
    /// Whether the items name the price table of the order.
    pub enviar_tabela_preco: bool,
    /// Sale types (`TipoVenda.Codigo`) besides 1 that are sent as normal sales (mapping §6.6).
    pub tipos_venda_normais: Vec<i64>,
    /// Stage of an order in Omie → what it is called there (`contracts/omie.md` §8.22); the seller reads it.
    pub nomes_etapas: BTreeMap<String, String>,
    /// Whether changes after the import go to `StatusCriticas` instead of `StatusPedidos`
    /// (`contracts/maxima.md` §7.6).
    pub usar_status_criticas: bool,
    /// `Status` of a customer that Omie refused: 14 as the SDK sends, 5 or 7 by the dictionary
    /// (`contracts/maxima.md` §8).
    pub status_cliente_recusado: i64,
}

impl Default for Pedidos {
    fn default() -> Self {
        Self {
            categoria_omie: None,
            categoria_bonificacao: None,
            conta_bonificacao: None,
            valor_frete_omie: Decimal::ZERO,
            valor_parcela_boleto_omie: Decimal::ZERO,
            dias_previsao: 2,
            etapa_inicial_pedido: "10".to_owned(),
            enviar_email_pedido: false,
            recusar_total_divergente: false,
            enviar_tabela_preco: false,
            tipos_venda_normais: Vec::new(),
            nomes_etapas: usual_names(),
            usar_status_criticas: false,
            status_cliente_recusado: 14,
        }
    }
}

/// The names that the stages have until somebody changes them.
fn usual_names() -> BTreeMap<String, String> {
    let usual = [
        ("00", "Proposta"),
        ("10", "Pedido de Venda"),
        ("20", "Separar Estoque"),
        ("50", "Faturar"),
        ("60", "Faturado"),
        ("70", "Entrega"),
    ];
    usual.into_iter().map(|(stage, name)| (stage.to_owned(), name.to_owned())).collect()
}

/// A year.
const LONGEST_FORECAST: u32 = 365;

impl Pedidos {
    /// What must be corrected.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let amounts = [
            ("ValorFreteOmie", self.valor_frete_omie),
            ("ValorParcelaBoletoOmie", self.valor_parcela_boleto_omie),
        ];
        for (name, amount) in amounts {
            if amount.is_sign_negative() || amount.scale() > 2 {
                problems.push(Problem::new(
                    name,
                    "deve ser um valor em reais, sem sinal e com até dois centavos",
                ));
            }
        }
        if !is_stage(&self.etapa_inicial_pedido) {
            let text = "deve ser uma etapa antes do faturamento: 10, 20, 30, 40 ou 50";
            problems.push(Problem::new("EtapaInicialPedido", text));
        }
        if self.dias_previsao > LONGEST_FORECAST {
            problems.push(Problem::new("DiasPrevisao", format!("deve ser de 0 a {LONGEST_FORECAST} dias")));
        }
        if self.conta_bonificacao.is_some_and(|account| account <= 0) {
            problems.push(Problem::new("ContaBonificacao", "informe o código nCodCC da conta no Omie"));
        }
        let categories =
            [("CategoriaOmie", &self.categoria_omie), ("CategoriaBonificacao", &self.categoria_bonificacao)];
        for (name, category) in categories {
            if category.as_ref().is_some_and(|code| code.trim().is_empty()) {
                problems
                    .push(Problem::new(name, "informe o código da categoria no Omie, por exemplo 1.01.03"));
            }
        }
        if ![5, 7, 14].contains(&self.status_cliente_recusado) {
            problems.push(Problem::new("StatusClienteRecusado", "deve ser 14, 5 ou 7"));
        }
        problems
    }
}

fn is_stage(code: &str) -> bool {
    ["10", "20", "30", "40", "50"].contains(&code)
}
