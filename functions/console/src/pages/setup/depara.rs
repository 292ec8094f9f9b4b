//! Category, stock location, amounts, and where each stage stands.

use maud::{Markup, html};
use sales::settings::Settings;
use sales::setup::{DePara, List, Lists, Step};

use super::fields::{Menus, choose, error_of, label, listed};
use super::screen::Screen;
use crate::view::{Choice, Column, Field, Problems, Table};
use crate::web::Form;

/// Máxima's positions.
const POSITIONS: [(&str, &str); 5] =
    [("", "escolha"), ("P", "Pendente"), ("L", "Liberado"), ("M", "Montado"), ("F", "Faturado")];

/// The fields of a form whose names begin so, by the rest of the name.
pub(super) fn by_prefix(form: &Form, prefix: &str) -> std::collections::BTreeMap<String, String> {
    let of =
        |(name, value): (&str, &str)| Some((name.strip_prefix(prefix)?.to_owned(), value.trim().to_owned()));
    form.fields().filter_map(of).collect()
}

impl Screen for DePara {
    const STEP: Step = Step::DePara;
    const INTRO: &'static str = "Diz ao Omie como lançar cada pedido, e à Máxima onde cada pedido está.";

    fn read(form: &Form) -> Self {
        let text = |name| form.text(name).to_owned();
        Self {
            categoria: text("categoria"),
            local_estoque: text("local_estoque"),
            valor_parcela_boleto: text("valor_parcela_boleto"),
            valor_frete: text("valor_frete"),
            etapas: by_prefix(form, "etapa-"),
        }
    }

    fn fields(&self, _settings: &Settings, lists: &Lists, problems: &Problems) -> Markup {
        let field = |name, label, value, help| {
            Field { error: error_of(problems, name), ..Field::new(name, label) }.value(value).help(help)
        };
        let (categories, places) =
            (listed(lists, List::Categorias).choices, listed(lists, List::LocaisEstoque).choices);
        let menus = Menus::of([categories.as_slice(), &places]);
        html! {
            (choose(field("categoria", "Categoria da venda", &self.categoria, "Categoria de receita em que o pedido é lançado no Omie."),
                &categories, menus, "escolha"))
            (choose(field("local_estoque", "Local de estoque padrão", &self.local_estoque, "De onde saem os produtos vendidos; só locais ativos e com venda permitida."),
                &places, menus, "escolha"))
            (field("valor_parcela_boleto", "Valor por parcela de boleto (R$)", &self.valor_parcela_boleto, "Somado ao pedido a cada parcela em boleto; 0 para não cobrar.")
                .optional().input("text"))
            (field("valor_frete", "Valor do frete (R$)", &self.valor_frete, "Usado quando o vendedor não informa o frete; 0 para não cobrar.")
                .optional().input("text"))
            (stages(self, lists, problems))
        }
    }
}

/// A line for each stage of Omie.
fn stages(typed: &DePara, lists: &Lists, problems: &Problems) -> Markup {
    let positions = POSITIONS.map(|(value, label)| Choice::new(value, label));
    let stages = listed(lists, List::Etapas).choices;
    let row = |stage: &sales::setup::Choice| {
        let name = format!("etapa-{}", stage.code);
        let value = typed.etapas.get(&stage.code).map(String::as_str).unwrap_or_default();
        let field = Field { error: error_of(problems, &name), ..Field::new(&name, "").value(value) };
        vec![html! { label for={ "f-" (name) } { (label(stage)) } }, field.bare_select(&positions)]
    };
    let table = Table {
        caption: "Etapa do Omie e posição na Máxima",
        columns: &[Column::Name("Etapa do Omie"), Column::Text("Posição na Máxima")],
        rows: stages.iter().map(row).collect(),
        empty: "O Omie não tem nenhuma etapa de pedido de venda ativa.",
    };
    html! {
        h3 { "Etapas do pedido" }
        p class="dim" { "Para cada etapa do Omie, a situação que o vendedor vê. Todas precisam de uma." }
        (table.show())
    }
}
