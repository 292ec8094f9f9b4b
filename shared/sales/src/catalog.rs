//! Everything we keep in step, written once by hand: its Lambda, its Omie method, its schedule. The order of the
//! initial load follows from what each entity names in `AFTER`.

use engine::Entity;

use crate::entities::{
    Atividade, Banco, Cidade, Cliente, Cobranca, Filial, PlanoPagamento, Praca, Regiao, Vendedor,
};

/// The step between the branches and all that refers to them (mapping §4.2); also the name of its Lambda.
pub const GATE: &str = "branch-gate";

/// One entity as a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// [`Entity::NAME`].
    pub entity: &'static str,
    /// [`Entity::AFTER`].
    pub after: &'static [&'static str],
    /// The Omie method it lists: the lane it works in. None for an entity whose records are already here.
    pub method: Option<&'static str>,
    /// When it runs unless an operator says otherwise, as EventBridge Scheduler writes it, in the time of
    /// [`TIME_ZONE`].
    pub schedule: &'static str,
    /// What the operator reads.
    pub title: &'static str,
}

/// The time zone of the schedules.
pub const TIME_ZONE: &str = "America/Sao_Paulo";

impl Job {
    const fn of<E: Entity>(
        method: Option<&'static str>,
        schedule: &'static str,
        title: &'static str,
    ) -> Self {
        Self { entity: E::NAME, after: E::AFTER, method, schedule, title }
    }

    /// The name of its Lambda's binary, and of its step in the initial load.
    pub fn bin(&self) -> String {
        step(self.entity)
    }
}

/// The jobs; the schedules are those of the mapping §1. Praças follow the price tables within the hour.
const JOBS: [Job; 10] = [
    Job::of::<Cidade>(Some("PesquisarCidades"), "cron(0 2 * * ? *)", "Cidades"),
    Job::of::<Filial>(Some("ListarEmpresas"), "cron(5 2 * * ? *)", "Filiais"),
    Job::of::<Atividade>(Some("ListarTipoAtiv"), "cron(10 2 * * ? *)", "Ramos de atividade"),
    Job::of::<Cobranca>(Some("ListarMeiosPagamento"), "cron(15 2 * * ? *)", "Meios de pagamento"),
    Job::of::<PlanoPagamento>(Some("ListarFormasPagVendas"), "cron(20 2 * * ? *)", "Planos de pagamento"),
    Job::of::<Banco>(Some("ListarBancos"), "cron(25 2 ? * SUN *)", "Bancos"),
    Job::of::<Vendedor>(Some("ListarVendedores"), "rate(6 hours)", "Vendedores"),
    Job::of::<Regiao>(Some("ListarTabelasPreco"), "cron(5 * * * ? *)", "Tabelas de preço (regiões)"),
    Job::of::<Praca>(None, "cron(20 * * * ? *)", "Praças"),
    Job::of::<Cliente>(Some("ListarClientes"), "rate(15 minutes)", "Clientes"),
];

/// Every job, in no particular order.
pub fn catalog() -> &'static [Job] {
    &JOBS
}

/// The job of an entity.
pub fn job(entity: &str) -> Option<&'static Job> {
    JOBS.iter().find(|job| job.entity == entity)
}

/// The steps of the initial load: a wave may start when the one before is done, the steps of a wave side by side.
/// First the branches and what they need, then the gate, then the rest.
pub fn waves() -> Vec<Vec<String>> {
    let (before, behind): (Vec<Job>, Vec<Job>) =
        JOBS.iter().copied().partition(|job| leads_to(Filial::NAME, job.entity));
    let mut waves = levels(before);
    waves.push(vec![GATE.to_owned()]);
    waves.extend(levels(behind));
    waves
}

/// The step of an entity.
fn step(entity: &str) -> String {
    format!("sync-{entity}")
}

/// Whether `entity` must be done before `goal`, or is it.
fn leads_to(goal: &str, entity: &str) -> bool {
    goal == entity || job(goal).is_some_and(|job| job.after.iter().any(|after| leads_to(after, entity)))
}

/// Each level holds what depends only on the levels before it, or on nothing in `jobs`.
fn levels(mut jobs: Vec<Job>) -> Vec<Vec<String>> {
    let mut levels = Vec::new();
    while !jobs.is_empty() {
        let waiting: Vec<&str> = jobs.iter().map(|job| job.entity).collect();
        let (ready, later): (Vec<Job>, Vec<Job>) =
            jobs.iter().partition(|job| !job.after.iter().any(|after| waiting.contains(after)));
        assert!(!ready.is_empty(), "entities wait for each other in a circle: {waiting:?}");
        levels.push(ready.iter().map(Job::bin).collect());
        jobs = later;
    }
    levels
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const STATE_MACHINE: &str =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/statemachines/initial-load.asl.json");

    #[test]
    fn every_dependency_is_in_the_catalogue_and_no_name_is_twice() {
        let names: BTreeSet<&str> = catalog().iter().map(|job| job.entity).collect();
        let lanes: BTreeSet<_> = catalog().iter().filter_map(|job| job.method).collect();

        assert_eq!(names.len(), catalog().len());
        assert_eq!(lanes.len(), 9, "two jobs in one lane would wait for each other");
        for job in catalog() {
            for after in job.after {
                assert!(names.contains(after), "{} comes after the unknown {after}", job.entity);
            }
        }
    }

    #[test]
    fn the_gate_stands_between_the_branches_and_everything_else() {
        let waves = waves();

        assert_eq!(waves[..3], [vec!["sync-cidades"], vec!["sync-filiais"], vec![GATE]]);
        assert_eq!(waves.len(), 6);
    }

    #[test]
    fn every_job_runs_once_and_after_all_it_needs() {
        let waves = waves();
        let wave_of = |entity: &str| waves.iter().position(|wave| wave.contains(&step(entity)));

        assert_eq!(waves.iter().flatten().count(), catalog().len() + 1);
        for job in catalog() {
            for after in job.after {
                assert!(wave_of(after) < wave_of(job.entity), "{} before {after}", job.entity);
            }
        }
    }

    /// The file is written by hand, so that it can be read; this holds it to the catalogue.
    #[test]
    fn the_state_machine_has_exactly_these_waves() {
        let file = std::fs::read_to_string(STATE_MACHINE).expect("the state machine file");
        let machine: serde_json::Value = serde_json::from_str(&file).expect("the state machine is JSON");
        let written: Vec<BTreeSet<String>> =
            serde_json::from_value(machine["States"]["Waves"]["Result"].clone()).expect("a list of waves");

        let derived: Vec<BTreeSet<String>> =
            waves().into_iter().map(|wave| wave.into_iter().collect()).collect();

        assert_eq!(written, derived);
    }
}
