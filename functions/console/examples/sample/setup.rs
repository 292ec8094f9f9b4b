//! The set-up that came before: the lists as they were fetched, every step done, a dry run.

use engine::{Counters, Documents as _, Expected, Key, Memory, Quarantine as _, RunRecord, Shadow};
use sales::setup::{Draft, List, Listed, Step};
use sales::{catalog, load, preview};
use serde_json::json;

use super::{before, runs};

pub(crate) async fn fill(state: &Memory) {
    for list in List::ALL {
        put(state, list, &choices(list)).await;
    }
    let mut draft = Draft::open(state).await.expect("readable");
    for (at, step) in (1..).zip(Step::ALL) {
        let settings = draft.settings.clone();
        draft =
            draft.finish(state, step, settings, "João Lima", before(60 * 24 * 21 - at)).await.expect("kept");
    }
    rehearsal(state).await;
}

/// A list, written as `sales` writes it, which keeps the name to itself.
pub(crate) async fn put(state: &Memory, list: List, choices: &[(String, String)]) {
    let choices: Vec<_> = choices.iter().map(|(code, name)| json!({ "code": code, "name": name })).collect();
    let body = json!({ "choices": choices, "fetched": before(130), "error": null });
    serde_json::from_value::<Listed>(body.clone()).expect("a list");
    state.put("setup-lista", list.id(), &body, Expected::Any, None).await.expect("stored");
}

fn choices(list: List) -> Vec<(String, String)> {
    let of: &[(&str, &str)] = match list {
        List::Categorias => {
            &[("1.01.01", "Venda de mercadorias"), ("1.01.03", "Revenda"), ("1.01.97", "Bonificações")]
        }
        List::LocaisEstoque => &[("4401", "Depósito central")],
        List::Etapas => &[
            ("10", "Pedido de Venda"),
            ("20", "Separar Estoque"),
            ("50", "Faturar"),
            ("60", "Faturado"),
            ("70", "Entrega"),
        ],
        List::MeiosPagamento => &[
            ("01", "Dinheiro"),
            ("03", "Cartão de Crédito"),
            ("15", "Boleto Bancário"),
            ("17", "PIX"),
            ("90", "Sem pagamento"),
        ],
        List::Contas => &[("1234567", "Caixinha"), ("1234568", "Banco do Brasil · 1234-5")],
        List::Filiais => &[("3456789012", "DISTRIBUIDORA MODELO"), ("3456789013", "MODELO FILIAL SUL")],
        List::Vendedores => &[("8801", "Ana Prado"), ("8802", "Bruno Reis")],
        List::TabelasPreco => &[("6001", "Tabela geral"), ("6002", "Atacado")],
        List::Planos => &[("000", "À vista"), ("A03", "3 vezes"), ("A28", "28 dias")],
    };
    of.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())).collect()
}

/// A dry run that would keep out what the quarantine has now.
async fn rehearsal(state: &Memory) {
    let id = preview::dry("2026-02-10");
    let opened = load::open(state, &id, before(60 * 24 * 20 + 60)).await.expect("opened");
    let shadow = Shadow::new(state, state, &opened.id);
    for (at, job) in (1..).zip(catalog::catalog()) {
        let run = runs::done(job.name, before(60 * 24 * 20 + 50), 40 + at * 137);
        let counters = Counters {
            created: run.counters.read - run.counters.read / 40,
            updated: 0,
            unchanged: 0,
            ..run.counters
        };
        let run = RunRecord { counters, ..run };
        let body = serde_json::to_value(&run).expect("JSON");
        let step = load::step_id(&opened.id, &catalog::step(job.name));
        shadow.put(load::STEP_KIND, &step, &body, Expected::Any, None).await.expect("stored");
    }
    let held = state.in_quarantine("clientes", 100).await.expect("readable");
    let held: Vec<(Key, _)> = held.into_iter().collect();
    shadow.quarantine("clientes", &held).await.expect("stored");
    for (at, job) in (1..).zip(catalog::catalog()) {
        let run = runs::done(job.name, before(60 * 24 * 20 - at), 40 + at * 137);
        let step = load::step_id("carga-1", &catalog::step(job.name));
        let body = serde_json::to_value(&run).expect("JSON");
        state.put(load::STEP_KIND, &step, &body, Expected::Any, None).await.expect("stored");
    }
    load::finish(state, &opened.id, before(60 * 24 * 20 + 5)).await.expect("finished");
}
