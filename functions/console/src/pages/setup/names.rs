//! What settings are called, and what a change of one touches.

use rust_decimal::Decimal;
use sales::settings::Problem;
use sales::settings::versions::Change;
use sales::setup::{List, Lists, Step};
use serde_json::Value;

use crate::jobs;
use crate::view::money;

/// A setting, or a group of them: its name in the mapping §10, what the operator calls it, whose rows it is in, the list
/// its value is in, and the step that asks for it.
struct Named(&'static str, &'static str, &'static [&'static str], Option<List>, Option<Step>);

const PEOPLE: &[&str] = &["clientes", "fornecedores", "transportadoras"];

/// All of them; of two that fit, the longer name is first.
const NAMES: [Named; 41] = [
    Named(
        "Filiais",
        "Filiais a integrar",
        &["filiais", "produtos-filiais", "estoques"],
        Some(List::Filiais),
        Some(Step::Padroes),
    ),
    Named(
        "FilialPadrao",
        "Filial padrão",
        &["vendedores", "regioes", "estoques"],
        Some(List::Filiais),
        Some(Step::Padroes),
    ),
    Named(
        "VendedorPadrao",
        "Vendedor padrão",
        &["clientes", "titulos", "historicos"],
        Some(List::Vendedores),
        Some(Step::Padroes),
    ),
    Named("SupervisorPadrao", "Supervisor padrão", &["vendedores"], None, None),
    Named(
        "TabelaPrecoPadrao",
        "Tabela de preço padrão",
        &["clientes"],
        Some(List::TabelasPreco),
        Some(Step::Padroes),
    ),
    Named(
        "CobrancaPadrao",
        "Meio de pagamento padrão",
        &["clientes", "historicos"],
        Some(List::MeiosPagamento),
        Some(Step::Padroes),
    ),
    Named(
        "PlanoPadrao",
        "Plano de pagamento padrão",
        &["clientes", "historicos"],
        Some(List::Planos),
        Some(Step::Padroes),
    ),
    Named("RamoPadrao", "Ramo de atividade padrão", &["atividades", "clientes"], None, None),
    Named("TributoPadrao", "Tributação padrão", &["tributos", "precos"], None, None),
    Named("Tipovend", "Tipo dos vendedores", &["vendedores"], None, None),
    Named(
        "Bonificacao",
        "Vender bonificação",
        &["cobrancas", "planos-pagamentos", "clientes"],
        None,
        Some(Step::Padroes),
    ),
    Named("EnderecoIncompleto", "Endereço incompleto", PEOPLE, None, Some(Step::Padroes)),
    Named("Etiquetas", "Etiquetas do Omie", PEOPLE, None, None),
    Named("Contas.", "Conta do meio de pagamento", &["cobrancas"], Some(List::Contas), Some(Step::Contas)),
    Named("Contas", "Contas dos meios de pagamento", &["cobrancas"], Some(List::Contas), Some(Step::Contas)),
    Named("TiposProduto", "Tipos de item à venda", &["produtos"], None, None),
    Named(
        "LocalEstoqueOmie",
        "Local de estoque padrão",
        &["estoques"],
        Some(List::LocaisEstoque),
        Some(Step::DePara),
    ),
    Named("LocaisEstoque", "Outros locais de estoque", &["estoques"], None, None),
    Named("RegraEstoque", "Estoque que pode ser vendido", &["estoques"], None, Some(Step::Padroes)),
    Named("EnviarTitulosAvulsos", "Enviar títulos avulsos", &["titulos"], None, None),
    Named("JanelaTitulosDias", "Dias de títulos lidos", &["titulos"], None, None),
    Named("JanelaHistoricoDias", "Dias de histórico lidos", &["historicos"], None, None),
    Named("Etapas.", "Posição da etapa", &["historicos"], None, Some(Step::DePara)),
    Named("Etapas", "Posições das etapas", &["historicos"], None, Some(Step::DePara)),
    Named("Pedidos.CategoriaOmie", "Categoria da venda", &[], Some(List::Categorias), Some(Step::DePara)),
    Named(
        "Pedidos.CategoriaBonificacao",
        "Categoria da bonificação",
        &[],
        Some(List::Categorias),
        Some(Step::Padroes),
    ),
    Named("Pedidos.ContaBonificacao", "Conta da bonificação", &[], Some(List::Contas), Some(Step::Padroes)),
    Named("Pedidos.ValorFreteOmie", "Valor do frete", &[], None, Some(Step::DePara)),
    Named("Pedidos.ValorParcelaBoletoOmie", "Valor por parcela de boleto", &[], None, Some(Step::DePara)),
    Named("Pedidos.DiasPrevisao", "Dias até o faturamento previsto", &[], None, None),
    Named(
        "Pedidos.EtapaInicialPedido",
        "Etapa inicial do pedido",
        &[],
        Some(List::Etapas),
        Some(Step::Padroes),
    ),
    Named("Pedidos.EnviarEmailPedido", "Omie envia e-mail ao cliente", &[], None, Some(Step::Padroes)),
    Named(
        "Pedidos.RecusarTotalDivergente",
        "Recusar pedido com total divergente",
        &[],
        None,
        Some(Step::Padroes),
    ),
    Named("Pedidos.EnviarTabelaPreco", "Itens levam a tabela de preço", &[], None, None),
    Named("Pedidos.TiposVendaNormais", "Tipos de venda normais", &[], None, None),
    Named("Pedidos.NomesEtapas.", "Nome da etapa", &[], None, Some(Step::DePara)),
    Named("Pedidos.UsarStatusCriticas", "Mudanças por StatusCriticas", &[], None, None),
    Named("Pedidos.StatusClienteRecusado", "Status do cliente recusado", &[], None, None),
    Named("DeleteSelector", "Como a Máxima apaga", &[], None, None),
    Named("VersaoMaxima", "Versão da API da Máxima", &[], None, None),
    Named("Url", "Endereço do parceiro", &[], None, None),
];

fn named(setting: &str) -> Option<&'static Named> {
    let fits = |known: &&Named| {
        let is_group = known.0.ends_with('.') || matches!(known.0, "Etiquetas" | "LocaisEstoque" | "Url");
        setting == known.0 || (is_group && setting.starts_with(known.0))
    };
    NAMES.iter().find(fits)
}

/// What the operator calls a setting.
pub(in crate::pages) fn name(setting: &str, lists: &Lists) -> String {
    let Some(Named(known, title, ..)) = named(setting) else { return setting.to_owned() };
    match setting.strip_prefix(known).filter(|rest| !rest.is_empty()) {
        None => (*title).to_owned(),
        Some(code) if *known == "Contas." => {
            let means = lists.get(&List::MeiosPagamento).and_then(|list| list.name(code)).unwrap_or(code);
            format!("{title} {means}")
        }
        Some(code) => format!("{title} {}", code.trim_start_matches('.')),
    }
}

/// What must be corrected, by the names that people know.
pub(in crate::pages) fn told(problem: &Problem) -> String {
    let title = of_problem(problem.setting).map_or(problem.setting, |known| known.1);
    format!("{title}: {}", said(&problem.text))
}

/// A text with the names that people know in the place of those in the store.
pub(in crate::pages) fn said(text: &str) -> String {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_part) {
        told.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
        let word = &rest[..end];
        // A name of two words or more: "Filiais" and "Bonificacao" may be just that.
        let known = NAMES.iter().find(|known| last(known.0) == word && is_compound(word));
        told.push_str(&known.map_or_else(|| word.to_owned(), |known| format!("“{}”", known.1)));
        rest = &rest[end..];
    }
    told + rest
}

/// What a [`Problem`] names without its group: the whole of a group rather than a member.
fn of_problem(setting: &str) -> Option<&'static Named> {
    NAMES.iter().rev().find(|known| last(known.0.trim_end_matches('.')) == setting)
}

fn last(setting: &str) -> &str {
    setting.rsplit('.').next().unwrap_or(setting)
}

fn is_compound(word: &str) -> bool {
    word.chars().skip(1).any(char::is_uppercase)
}

/// The step that asks for a setting.
pub(in crate::pages) fn step(setting: &str) -> Option<Step> {
    named(setting)?.4
}

/// Whether no step asks for the setting.
pub(super) fn is_other(setting: &str) -> bool {
    named(setting).is_some_and(|known| known.4.is_none())
}

/// The step that asks for the setting of a [`Problem`], which is named without its group.
pub(super) fn place(setting: &str) -> Option<Step> {
    of_problem(setting)?.4
}

/// A value as people read it.
pub(in crate::pages) fn value(setting: &str, value: &Value, lists: &Lists) -> String {
    let code = match value {
        Value::Null => return "–".to_owned(),
        Value::Bool(is_on) => return if *is_on { "sim" } else { "não" }.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(all) if all.is_empty() => return "–".to_owned(),
        Value::Array(all) => {
            return all.iter().map(|one| self::value(setting, one, lists)).collect::<Vec<_>>().join(", ");
        }
        other => other.to_string(),
    };
    let listed = named(setting).and_then(|known| known.3).and_then(|list| lists.get(&list));
    match listed.and_then(|list| list.name(&code)) {
        Some(name) if name != code => format!("{code} − {name}"),
        _ => words(setting, code),
    }
}

/// What is a word of ours in the settings.
fn words(setting: &str, code: String) -> String {
    if setting.starts_with("Pedidos.Valor")
        && let Ok(amount) = code.parse::<Decimal>()
    {
        return money(amount);
    }
    let word = match (setting, code.as_str()) {
        (stage, "P") if stage.starts_with("Etapas.") => "Pendente",
        (stage, "L") if stage.starts_with("Etapas.") => "Liberado",
        (stage, "M") if stage.starts_with("Etapas.") => "Montado",
        (stage, "F") if stage.starts_with("Etapas.") => "Faturado",
        ("RegraEstoque", "saldo") => "todo o saldo",
        ("RegraEstoque", "saldo_menos_reservado") => "saldo menos o reservado",
        ("RegraEstoque", "saldo_menos_pendente") => "saldo menos os pedidos pendentes",
        _ => return code,
    };
    word.to_owned()
}

/// What these changes touch: the entities that are read anew and sent where they differ, by what the operator calls
/// them; and whether orders are made otherwise from now on.
pub(super) fn touched(changes: &[Change]) -> (Vec<&'static str>, bool) {
    let mut entities: Vec<&'static str> = Vec::new();
    for entity in changes.iter().filter_map(|change| named(&change.setting)).flat_map(|known| known.2) {
        let title = jobs::entity(entity);
        if !entities.contains(&title) {
            entities.push(title);
        }
    }
    let of_orders = |change: &Change| {
        ["Pedidos.", "Contas", "LocalEstoqueOmie", "Etapas"]
            .iter()
            .any(|name| change.setting.starts_with(name))
    };
    (entities, changes.iter().any(of_orders))
}

#[cfg(test)]
mod tests {
    use sales::settings::{Settings, versions};

    use super::*;

    fn changed(change: impl FnOnce(&mut Settings)) -> Vec<Change> {
        let mut after = Settings::default();
        change(&mut after);
        versions::changes(Some(&Settings::default()), &after)
    }

    /// A setting that nobody named here would be shown by its name in the store.
    #[test]
    fn every_setting_has_a_name() {
        let settings = serde_json::to_value(Settings::default()).expect("JSON");
        let pedidos =
            settings["Pedidos"].as_object().expect("an object").keys().map(|key| match key.as_str() {
                "NomesEtapas" => "Pedidos.NomesEtapas.50".to_owned(),
                other => format!("Pedidos.{other}"),
            });
        let own = settings.as_object().expect("an object").keys().cloned();
        for setting in own.filter(|name| name != "Formato" && name != "Pedidos").chain(pedidos) {
            assert_ne!(name(&setting, &Lists::new()), setting);
        }
        assert_eq!(name("Etapas.50", &Lists::new()), "Posição da etapa 50");
        assert_eq!(name("Contas.15", &Lists::new()), "Conta do meio de pagamento 15");
        assert_eq!(value("Pedidos.ValorFreteOmie", &"9.9".into(), &Lists::new()), "R$\u{a0}9,90");
        assert_eq!(value("Etapas.50", &"L".into(), &Lists::new()), "Liberado");
    }

    #[test]
    fn a_text_names_settings_as_people_know_them() {
        assert_eq!(said("escolha VendedorPadrao, ou FiliaisX"), "escolha “Vendedor padrão”, ou FiliaisX");
        let problem = Problem::new("DiasPrevisao", "deve ser de 0 a 365 dias");
        assert_eq!(told(&problem), "Dias até o faturamento previsto: deve ser de 0 a 365 dias");
    }

    #[test]
    fn every_entity_that_is_touched_is_of_the_catalogue() {
        for entity in NAMES.iter().flat_map(|known| known.2) {
            assert!(sales::catalog::job(entity).is_some(), "{entity}");
        }
    }

    #[test]
    fn a_change_says_what_it_touches() {
        let stock = changed(|settings| settings.regra_estoque = sales::settings::RegraEstoque::Saldo);
        assert_eq!(touched(&stock), (vec!["Estoques"], false));
        let account = changed(|settings| settings.contas = [("15".to_owned(), 7)].into());
        assert_eq!(touched(&account), (vec!["Meios de pagamento"], true));
        let freight = changed(|settings| settings.pedidos.valor_frete_omie = 7.into());
        assert_eq!(touched(&freight), (vec![], true));
    }
}
