//! Defaults and rules: each with what it decides, in a line.

use maud::{Markup, html};
use sales::settings::Settings;
use sales::setup::{Choice as Listed, List, Lists, Padroes, Step};

use super::fields::{Menus, boxes, choose, error_of, listed};
use super::screen::Screen;
use crate::view::{Choice, Field, Problems};
use crate::web::{self, Form};

const RULES: [(&str, &str); 3] = [
    ("saldo_menos_reservado", "saldo menos o reservado (recomendado)"),
    ("saldo", "todo o saldo"),
    ("saldo_menos_pendente", "saldo menos os pedidos pendentes"),
];

/// The stages in which an order may be born.
const FIRST_STAGES: [&str; 5] = ["10", "20", "30", "40", "50"];

impl Screen for Padroes {
    const STEP: Step = Step::Padroes;
    const INTRO: &'static str =
        "O que vale quando um cadastro ou um pedido não diz nada. O que está proposto serve à maioria.";
    const TAKEN: &'static str = "filiais";

    fn read(form: &Form) -> Self {
        let text = |name| form.text(name).to_owned();
        Self {
            filiais: form.all("filiais").flat_map(web::listed).map(str::to_owned).collect(),
            filial: text("filial"),
            vendedor: text("vendedor"),
            tabela_preco: text("tabela_preco"),
            cobranca: text("cobranca"),
            plano: text("plano"),
            bonificacao: form.is_on("bonificacao"),
            categoria_bonificacao: text("categoria_bonificacao"),
            conta_bonificacao: text("conta_bonificacao"),
            regra_estoque: text("regra_estoque"),
            etapa_inicial: text("etapa_inicial"),
            enviar_email: form.is_on("enviar_email"),
            preencher_endereco: form.is_on("preencher_endereco"),
            recusar_total_divergente: form.is_on("recusar_total_divergente"),
        }
    }

    fn fields(&self, settings: &Settings, lists: &Lists, problems: &Problems) -> Markup {
        let means = means(settings, lists);
        let others = lists.iter().filter(|(list, _)| **list != List::MeiosPagamento);
        let others = others.map(|(_, listed)| listed.choices.as_slice());
        let menus = Menus::of(others.chain([means.as_slice()]));
        html! {
            h3 { "Filiais" }
            (branches(self, lists, menus, problems))
            h3 { "Clientes" }
            (clients(self, settings, lists, menus, problems))
            h3 { "Pedidos e estoque" }
            (orders(self, lists, menus, problems))
            h3 { "Bonificação" }
            (bonus(self, lists, menus, problems))
        }
    }
}

fn field<'f>(
    problems: &'f Problems,
    name: &'f str,
    label: &'f str,
    value: &'f str,
    help: &'f str,
) -> Field<'f> {
    Field { error: error_of(problems, name), ..Field::new(name, label) }.value(value).help(help)
}

fn tick<'f>(name: &'f str, label: &'f str, is_on: bool, help: &'f str) -> Markup {
    Field::new(name, label).value(if is_on { "sim" } else { "" }).help(help).tick()
}

fn branches(typed: &Padroes, lists: &Lists, menus: Menus, problems: &Problems) -> Markup {
    let all = listed(lists, List::Filiais).choices;
    let which = field(problems, "filiais", "Filiais a integrar", "", "Nenhuma marcada: todas as ativas.");
    let help = "A dos vendedores e das tabelas de preço; pode ficar em branco quando só há uma.";
    html! {
        (boxes(which, &all, |code| typed.filiais.iter().any(|one| one == code)))
        (choose(field(problems, "filial", "Filial padrão", &typed.filial, help).optional(), &all, menus, "a única que houver"))
    }
}

/// The payment means that have an account.
fn means(settings: &Settings, lists: &Lists) -> Vec<Listed> {
    let mut means = listed(lists, List::MeiosPagamento).choices;
    means.retain(|choice| settings.contas.contains_key(&choice.code));
    means
}

fn clients(typed: &Padroes, settings: &Settings, lists: &Lists, menus: Menus, problems: &Problems) -> Markup {
    let of = |list| listed(lists, list).choices;
    let means = means(settings, lists);
    let mut plans = of(List::Planos);
    // Ours, whether Omie has it or not.
    if !plans.iter().any(|plan| plan.code == "000") {
        plans.insert(0, Listed { code: "000".to_owned(), name: "À vista".to_owned() });
    }
    html! {
        (choose(field(problems, "vendedor", "Vendedor padrão", &typed.vendedor,
            "De cliente sem vendedor no Omie; em branco, esse cliente fica na quarentena.").optional(), &of(List::Vendedores), menus, "nenhum"))
        (choose(field(problems, "tabela_preco", "Tabela de preço padrão", &typed.tabela_preco,
            "De cliente que nenhuma tabela atende.").optional(), &of(List::TabelasPreco), menus, "nenhuma"))
        (choose(field(problems, "cobranca", "Meio de pagamento padrão", &typed.cobranca,
            "O de todo cliente na Máxima; só os que têm conta corrente."), &means, menus, "escolha"))
        (choose(field(problems, "plano", "Plano de pagamento padrão", &typed.plano,
            "De cliente sem plano, ou com um que não existe; 000 é à vista."), &plans, menus, "escolha"))
        (tick("preencher_endereco", "Preencher endereço incompleto", typed.preencher_endereco,
            "Escreve “NAO INFORMADO” no que falta; desmarcado, o cliente fica na quarentena com o que falta."))
    }
}

fn orders(typed: &Padroes, lists: &Lists, menus: Menus, problems: &Problems) -> Markup {
    let rules = RULES.map(|(value, label)| Choice::new(value, label));
    let mut stages = listed(lists, List::Etapas).choices;
    stages.retain(|stage| FIRST_STAGES.contains(&stage.code.as_str()));
    html! {
        (field(problems, "regra_estoque", "Estoque que pode ser vendido", &typed.regra_estoque,
            "Quanto do estoque do Omie o vendedor enxerga.").select(&rules))
        (choose(field(problems, "etapa_inicial", "Etapa inicial do pedido", &typed.etapa_inicial,
            "Em que etapa o pedido nasce no Omie; só as anteriores ao faturamento."), &stages, menus, "escolha"))
        (tick("enviar_email", "Omie envia e-mail ao cliente", typed.enviar_email,
            "Quando o pedido entra no Omie, ele mesmo avisa o cliente."))
        (tick("recusar_total_divergente", "Recusar pedido com total divergente", typed.recusar_total_divergente,
            "Se os itens não somam o total; desmarcado, o pedido segue com um aviso."))
    }
}

fn bonus(typed: &Padroes, lists: &Lists, menus: Menus, problems: &Problems) -> Markup {
    html! {
        (tick("bonificacao", "Vender bonificação", typed.bonificacao,
            "Cria na Máxima o plano e o meio de pagamento BNF."))
        (choose(field(problems, "categoria_bonificacao", "Categoria da bonificação", &typed.categoria_bonificacao,
            "Em branco, a mesma da venda.").optional(), &listed(lists, List::Categorias).choices, menus, "a da venda"))
        (choose(field(problems, "conta_bonificacao", "Conta da bonificação", &typed.conta_bonificacao,
            "Usada quando o meio 90, sem pagamento, não tem conta.").optional(), &listed(lists, List::Contas).choices, menus, "nenhuma"))
    }
}
