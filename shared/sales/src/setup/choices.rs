//! What the operator types and chooses in the steps of the wizard: checked against Omie's lists, then a part of the
//! settings.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::lists::{List, Listed};
use crate::decimal;
use crate::settings::{EnderecoIncompleto, Posicao, RegraEstoque, Settings};

/// Something to correct in a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The field's name: the form's, with the code it is about after a hyphen (`etapa-30`).
    pub field: String,
    /// What is wrong and what to do, in Portuguese.
    pub text: String,
}

/// The lists of Omie by which a form is checked.
pub type Lists = BTreeMap<List, Listed>;

/// A form: text as it was typed, so that it can be shown again.
pub trait Typed: Sized {
    /// The lists it is checked against.
    const LISTS: &'static [List];

    /// The form as the settings fill it in.
    fn of(settings: &Settings) -> Self;

    /// The settings with what was typed in their place; or all that must be corrected.
    fn applied(&self, settings: &Settings, lists: &Lists) -> Result<Settings, Vec<Invalid>>;
}

/// Category, stock location, amounts, and where each stage of Omie stands in Máxima.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DePara {
    /// Code of the category of a sale.
    pub categoria: String,
    /// Code of the stock location.
    pub local_estoque: String,
    /// Fee per instalment of a boleto, in reais, with dot or comma.
    pub valor_parcela_boleto: String,
    /// Freight of an order that names none.
    pub valor_frete: String,
    /// Stage → position, `P`, `L`, `M` or `F`.
    pub etapas: BTreeMap<String, String>,
}

impl Typed for DePara {
    const LISTS: &'static [List] = &[List::Categorias, List::LocaisEstoque, List::Etapas];

    fn of(settings: &Settings) -> Self {
        let place = |(stage, place): (&String, &Posicao)| (stage.clone(), place.as_str().to_owned());
        Self {
            categoria: settings.pedidos.categoria_omie.clone().unwrap_or_default(),
            local_estoque: settings.local_estoque_omie.map(|id| id.to_string()).unwrap_or_default(),
            valor_parcela_boleto: reais(settings.pedidos.valor_parcela_boleto_omie),
            valor_frete: reais(settings.pedidos.valor_frete_omie),
            etapas: settings.etapas.iter().map(place).collect(),
        }
    }

    fn applied(&self, settings: &Settings, lists: &Lists) -> Result<Settings, Vec<Invalid>> {
        let mut check = Check::new(lists);
        let categoria = check.needed("categoria", List::Categorias, &self.categoria);
        let local = check.needed("local_estoque", List::LocaisEstoque, &self.local_estoque);
        let boleto = check.amount("valor_parcela_boleto", &self.valor_parcela_boleto);
        let frete = check.amount("valor_frete", &self.valor_frete);
        let mut new = settings.clone();
        for stage in &check.list(List::Etapas).choices {
            let typed = self.etapas.get(&stage.code).map_or("", |place| place.trim());
            if let Some(place) = place(typed) {
                new.etapas.insert(stage.code.clone(), place);
                new.pedidos.nomes_etapas.insert(stage.code.clone(), stage.name.clone());
            } else {
                let text = format!("escolha a posição da etapa {} ({})", stage.code, stage.name);
                check.refuse(format!("etapa-{}", stage.code), text);
            }
        }
        new.pedidos.categoria_omie = categoria;
        new.local_estoque_omie = local.and_then(|code| code.parse().ok());
        new.pedidos.valor_parcela_boleto_omie = boleto;
        new.pedidos.valor_frete_omie = frete;
        check.end(new)
    }
}

/// Payment means → account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contas {
    /// Code of the means → code of the account; empty: sellers cannot choose the means.
    pub contas: BTreeMap<String, String>,
}

impl Contas {
    /// The names of the means that have no account: they are sent to Máxima as inactive.
    pub fn inactive(&self, lists: &Lists) -> Vec<String> {
        let has_account =
            |code: &str| self.contas.get(code).is_some_and(|account| !account.trim().is_empty());
        let means = lists.get(&List::MeiosPagamento).map(|list| list.choices.as_slice()).unwrap_or_default();
        means.iter().filter(|means| !has_account(&means.code)).map(|means| means.name.clone()).collect()
    }
}

impl Typed for Contas {
    const LISTS: &'static [List] = &[List::MeiosPagamento, List::Contas];

    fn of(settings: &Settings) -> Self {
        let contas = settings.contas.iter();
        Self { contas: contas.map(|(means, account)| (means.clone(), account.to_string())).collect() }
    }

    fn applied(&self, settings: &Settings, lists: &Lists) -> Result<Settings, Vec<Invalid>> {
        let mut check = Check::new(lists);
        let mut contas = BTreeMap::new();
        for means in &check.list(List::MeiosPagamento).choices {
            let typed = self.contas.get(&means.code).map(String::as_str).unwrap_or_default();
            let account = check.chosen(&format!("conta-{}", means.code), List::Contas, typed);
            if let Some(account) = account.and_then(|code| code.parse().ok()) {
                contas.insert(means.code.clone(), account);
            }
        }
        if contas.is_empty() {
            let text =
                "nenhum meio de pagamento tem conta corrente: informe ao menos um, senão ninguém vende";
            check.refuse("contas", text);
        }
        let cobranca = &settings.cobranca_padrao;
        // The default means is chosen in the next step; what cannot stay it is replaced by one that can.
        let is_kept = contas.contains_key(cobranca);
        let cobranca_padrao = contas.keys().next().filter(|_| !is_kept).unwrap_or(cobranca).clone();
        check.end(Settings { cobranca_padrao, contas, ..settings.clone() })
    }
}

/// Defaults and rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a box on the form")]
pub struct Padroes {
    /// Codes of the branches to integrate; none: all.
    pub filiais: Vec<String>,
    /// Branch of sellers and price tables.
    pub filial: String,
    /// Seller of a client that names none.
    pub vendedor: String,
    /// Price table of a client whom no table serves.
    pub tabela_preco: String,
    /// Payment means of all clients.
    pub cobranca: String,
    /// Payment terms of a client that names none.
    pub plano: String,
    /// Whether bonus orders are sold.
    pub bonificacao: bool,
    /// Category of a bonus; empty: that of a sale.
    pub categoria_bonificacao: String,
    /// Account of a bonus.
    pub conta_bonificacao: String,
    /// `saldo`, `saldo_menos_reservado` or `saldo_menos_pendente`.
    pub regra_estoque: String,
    /// Stage in which an order is born.
    pub etapa_inicial: String,
    /// Whether Omie mails the order to the customer.
    pub enviar_email: bool,
    /// Whether incomplete addresses are filled in instead of refused.
    pub preencher_endereco: bool,
    /// Whether an order whose items do not add up to its total is refused.
    pub recusar_total_divergente: bool,
}

/// The stages in which an order may be born (`contracts/omie.md` §8.23).
const FIRST_STAGES: [&str; 5] = ["10", "20", "30", "40", "50"];

/// The names of the stock rules.
const RULES: [(&str, RegraEstoque); 3] = [
    ("saldo", RegraEstoque::Saldo),
    ("saldo_menos_reservado", RegraEstoque::SaldoMenosReservado),
    ("saldo_menos_pendente", RegraEstoque::SaldoMenosPendente),
];

impl Typed for Padroes {
    const LISTS: &'static [List] = &[
        List::Filiais,
        List::Vendedores,
        List::TabelasPreco,
        List::MeiosPagamento,
        List::Planos,
        List::Categorias,
        List::Contas,
        List::Etapas,
    ];

    fn of(settings: &Settings) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let rule = RULES.iter().find(|(_, rule)| *rule == settings.regra_estoque);
        Self {
            filiais: settings.filiais.clone(),
            filial: text(&settings.filial_padrao),
            vendedor: text(&settings.vendedor_padrao),
            tabela_preco: text(&settings.tabela_preco_padrao),
            cobranca: settings.cobranca_padrao.clone(),
            plano: settings.plano_padrao.clone(),
            bonificacao: settings.bonificacao,
            categoria_bonificacao: text(&settings.pedidos.categoria_bonificacao),
            conta_bonificacao: settings
                .pedidos
                .conta_bonificacao
                .map(|id| id.to_string())
                .unwrap_or_default(),
            regra_estoque: rule.map(|(name, _)| (*name).to_owned()).unwrap_or_default(),
            etapa_inicial: settings.pedidos.etapa_inicial_pedido.clone(),
            enviar_email: settings.pedidos.enviar_email_pedido,
            preencher_endereco: settings.endereco_incompleto == EnderecoIncompleto::Preencher,
            recusar_total_divergente: settings.pedidos.recusar_total_divergente,
        }
    }

    fn applied(&self, settings: &Settings, lists: &Lists) -> Result<Settings, Vec<Invalid>> {
        let mut check = Check::new(lists);
        let mut new = settings.clone();
        new.filiais =
            self.filiais.iter().filter_map(|code| check.chosen("filiais", List::Filiais, code)).collect();
        new.filial_padrao = check.chosen("filial", List::Filiais, &self.filial);
        new.vendedor_padrao = check.chosen("vendedor", List::Vendedores, &self.vendedor);
        new.tabela_preco_padrao = check.chosen("tabela_preco", List::TabelasPreco, &self.tabela_preco);
        new.pedidos.categoria_bonificacao =
            check.chosen("categoria_bonificacao", List::Categorias, &self.categoria_bonificacao);
        let account = check.chosen("conta_bonificacao", List::Contas, &self.conta_bonificacao);
        new.pedidos.conta_bonificacao = account.and_then(|code| code.parse().ok());
        if settings.contas.contains_key(self.cobranca.trim()) {
            self.cobranca.trim().clone_into(&mut new.cobranca_padrao);
        } else {
            check.refuse("cobranca", "escolha um meio de pagamento que tenha conta corrente");
        }
        // "000", cash, is made by us: Omie need not have it (mapping §4.5).
        if self.plano.trim() == Settings::default().plano_padrao {
            self.plano.trim().clone_into(&mut new.plano_padrao);
        } else if let Some(plano) = check.needed("plano", List::Planos, &self.plano) {
            new.plano_padrao = plano;
        }
        match RULES.iter().find(|(name, _)| *name == self.regra_estoque.trim()) {
            Some((_, rule)) => new.regra_estoque = *rule,
            None => check.refuse("regra_estoque", "escolha quanto do estoque pode ser vendido"),
        }
        if FIRST_STAGES.contains(&self.etapa_inicial.trim()) {
            self.etapa_inicial.trim().clone_into(&mut new.pedidos.etapa_inicial_pedido);
        } else {
            check.refuse("etapa_inicial", "escolha uma etapa antes do faturamento");
        }
        new.bonificacao = self.bonificacao;
        new.pedidos.enviar_email_pedido = self.enviar_email;
        new.pedidos.recusar_total_divergente = self.recusar_total_divergente;
        new.endereco_incompleto = if self.preencher_endereco {
            EnderecoIncompleto::Preencher
        } else {
            EnderecoIncompleto::Rejeitar
        };
        if let Some(filial) = new.filial_padrao.as_deref()
            && !crate::branch::is_selected(&new.filiais, filial)
        {
            check.refuse("filial", "a filial padrão não está entre as selecionadas: escolha uma delas");
        }
        check.end(new)
    }
}

/// What was found wrong so far.
struct Check<'a> {
    lists: &'a Lists,
    invalid: Vec<Invalid>,
}

impl<'a> Check<'a> {
    fn new(lists: &'a Lists) -> Self {
        Self { lists, invalid: Vec::new() }
    }

    fn refuse(&mut self, field: impl Into<String>, text: impl Into<String>) {
        self.invalid.push(Invalid { field: field.into(), text: text.into() });
    }

    /// A list; one that could never be fetched refuses the form, because nothing can be checked by it.
    fn list(&mut self, list: List) -> &'a Listed {
        const NONE: &Listed = &Listed { choices: Vec::new(), fetched: None, error: None };
        let listed = self.lists.get(&list).unwrap_or(NONE);
        if listed.fetched.is_none() && !self.invalid.iter().any(|it| it.field == list.id()) {
            let text = format!("{}: ainda não veio do Omie. Atualize a lista e tente de novo", list.title());
            self.refuse(list.id(), text);
        }
        listed
    }

    /// The code, if one was chosen and it is in the list.
    fn chosen(&mut self, field: &str, list: List, typed: &str) -> Option<String> {
        let code = typed.trim();
        if code.is_empty() {
            return None;
        }
        if self.list(list).has(code) {
            return Some(code.to_owned());
        }
        let text =
            format!("\"{code}\" não está em {}: escolha outra opção ou atualize a lista", list.title());
        self.refuse(field, text);
        None
    }

    /// The same, and one must be chosen.
    fn needed(&mut self, field: &str, list: List, typed: &str) -> Option<String> {
        if typed.trim().is_empty() {
            self.refuse(field, format!("escolha uma opção de {}", list.title()));
            return None;
        }
        self.chosen(field, list, typed)
    }

    /// An amount in reais; nothing typed is zero.
    fn amount(&mut self, field: &str, typed: &str) -> Decimal {
        let text = typed.trim();
        let amount = if text.is_empty() { Some(Decimal::ZERO) } else { decimal::parse(text) };
        let amount = amount.filter(|amount| !amount.is_sign_negative() && amount.normalize().scale() <= 2);
        if amount.is_none() {
            self.refuse(field, "informe um valor em reais, por exemplo 12,50, sem sinal");
        }
        amount.unwrap_or_default()
    }

    fn end(self, settings: Settings) -> Result<Settings, Vec<Invalid>> {
        if self.invalid.is_empty() { Ok(settings) } else { Err(self.invalid) }
    }
}

fn place(typed: &str) -> Option<Posicao> {
    [Posicao::P, Posicao::L, Posicao::M, Posicao::F].into_iter().find(|place| place.as_str() == typed)
}

/// As people write it here: "12,50".
fn reais(amount: Decimal) -> String {
    format!("{amount:.2}").replace('.', ",")
}

#[cfg(test)]
mod tests;
