//! One suite over every job of the catalogue: what holds for one entity holds for all.

use std::collections::BTreeMap;

use e2e::{Ended, World};
use engine::{Counters, RunRecord, Wanted};
use sales::catalog::{Job, catalog};
use sales::load::STEP_KIND;
use serde_json::Value;
use simulators::{Fault, Preset, Registry};

async fn loaded(preset: Preset) -> World {
    let world = World::new(preset).await;
    assert_eq!(world.load().await, Ended::Finished);
    world
}

/// What became of the rows of each entity in the load.
async fn tallies(world: &World) -> BTreeMap<String, Counters> {
    let mut tallies = BTreeMap::new();
    for (_, step) in world.steps(STEP_KIND).await {
        let RunRecord { entity, counters, of, .. } = step;
        if of.is_empty() {
            tallies.insert(entity, counters);
        }
        tallies.extend(of.into_iter().map(|(entity, tally)| (entity, tally.counters)));
    }
    tallies
}

#[tokio::test(start_paused = true)]
async fn every_entity_is_loaded_and_every_row_that_was_read_is_accounted_for() {
    let world = loaded(Preset::Small).await;

    let tallies = tallies(&world).await;

    for entity in catalog().iter().flat_map(|job| job.entities) {
        let counters = tallies.get(*entity).unwrap_or_else(|| panic!("{entity} was not loaded"));
        let Counters { read, created, updated, unchanged, skipped, rejected, failed, repeated, .. } =
            *counters;
        assert_eq!(created + updated + unchanged + skipped + rejected + failed + repeated, read, "{entity}");
        assert!(counters.stored() + counters.guaranteed > 0, "{entity}: {counters:?}");
    }
}

/// Our rules are at least as strict as the cloud's: a refusal costs a halving of the batch, row by row.
#[tokio::test(start_paused = true)]
async fn maxima_refuses_no_row_that_our_rules_let_pass() {
    let world = loaded(Preset::Small).await;

    for (entity, counters) in tallies(&world).await {
        assert_eq!(counters.failed, 0, "{entity}: {counters:?}");
    }
}

/// Check 1, and the keys: a key that changed would be a new row.
#[tokio::test(start_paused = true)]
async fn the_second_run_of_every_job_is_silent() {
    let world = loaded(Preset::Small).await;
    let (written, held) = (world.rows_written(), world.held_all());

    for job in catalog() {
        for wanted in [Wanted::Changes, Wanted::Full] {
            world.rest().await;
            let report = world.keep_by_name(job.name, wanted).await;

            let Counters { created, updated, guaranteed, removed, .. } = report.counters;
            assert_eq!([created, updated, guaranteed, removed], [0; 4], "{} {wanted:?}", job.name);
        }
    }

    assert_eq!(world.rows_written(), written);
    assert_eq!(world.held_all(), held);
}

/// A lost answer is a write that may have been done; whatever it was, the same rows are there in the end.
#[tokio::test(start_paused = true)]
async fn a_write_whose_answer_was_lost_ends_in_the_same_rows_for_every_resource() {
    let golden = loaded(Preset::Small).await.held_all();

    for resource in golden.keys() {
        for verb in ["POST", "PUT"] {
            let world = World::new(Preset::Small).await;
            world.partners.maxima.faults().next(&format!("{verb} {resource}"), Fault::LostAnswer, 1);

            assert_eq!(world.load().await, Ended::Finished, "{verb} {resource}");

            assert_eq!(world.held_all(), golden, "{verb} {resource}");
        }
    }
}

/// A field that keeps a record out, per job that reads Omie: a value that no map can use.
fn spoilt(job: &Job) -> Option<(Registry, &'static str)> {
    Some(match job.name {
        "cidades" => (Registry::Cidades, "nCodIBGE"),
        "filiais" => (Registry::Empresas, "razao_social"),
        "atividades" => (Registry::Atividades, "cDescricao"),
        "cobrancas" => (Registry::MeiosPagamento, "descricao"),
        "planos-pagamentos" => (Registry::FormasPagamento, "cDescricao"),
        "bancos" => (Registry::Bancos, "nome"),
        "vendedores" => (Registry::Vendedores, "nome"),
        "regioes" => (Registry::TabelasPreco, "cNome"),
        "departamentos" => (Registry::Familias, "nomeFamilia"),
        "clientes" => (Registry::Clientes, "razao_social"),
        "produtos" => (Registry::Produtos, "descricao"),
        "titulos" => (Registry::Titulos, "cabecTitulo.dDtVenc"),
        "historicos" => (Registry::Pedidos, "cabecalho.codigo_cliente"),
        "estoques" => (Registry::PosicoesEstoque, "nSaldo"),
        "precos" => (Registry::ItensTabela, "nValorTabela"),
        // A link has no such field, and the others are made of records of these jobs.
        _ => return None,
    })
}

#[tokio::test(start_paused = true)]
async fn a_record_that_can_no_longer_be_mapped_is_never_let_go_of() {
    let world = loaded(Preset::Small).await;
    let held = world.held_all();
    let omie = &world.partners.omie;
    for (registry, field) in catalog().iter().filter_map(spoilt) {
        for id in omie.ids(registry) {
            omie.set(registry, &id, field, Value::from("")).expect("a record of this registry");
        }
    }

    for round in 1..=2 {
        for job in catalog() {
            world.rest().await;
            let report = world.keep_by_name(job.name, Wanted::Full).await;
            assert_eq!(report.counters.removed, 0, "{} in round {round}", job.name);
        }
    }

    assert_eq!(world.held_all(), held);
}

#[tokio::test(start_paused = true)]
async fn every_job_records_its_runs() {
    let world = loaded(Preset::Small).await;

    for job in catalog() {
        world.rest().await;
        world.keep_by_name(job.name, Wanted::Changes).await;
        let runs = sales::history::runs(&world.state, job.name, 10).await.expect("readable");

        let (_, run) = runs.first().unwrap_or_else(|| panic!("{} has no run", job.name));
        assert!(run.ended.is_some() && run.outcome.is_some() && !run.holder.is_empty(), "{run:?}");
        assert!(job.method.is_none_or(|method| run.calls.contains_key(method)), "{run:?}");
    }
}
