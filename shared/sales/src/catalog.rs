//! Everything we keep in step, written once by hand: its Lambda, its Omie method, its schedules. The order of the
//! initial load follows from what each entity names in `AFTER`.

use engine::Entity;
use maxima::Resource;

use crate::cadastros::Cadastros;
use crate::entities::{
    Atividade, Banco, Cidade, Cliente, Cobranca, Departamento, Estoque, Filial, Fornecedor, Historico,
    PlanoPagamento, Praca, Preco, Produto, ProdutoFilial, ProdutoFornecedor, Regiao, Secao, Titulo,
    Transportadora, Tributo, Vendedor,
};
use crate::synced::Synced;

/// The step between the branches and all that refers to them (mapping §4.2); also the name of its Lambda.
pub const GATE: &str = "branch-gate";

/// One job: a listing and the entities it keeps in step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// [`Synced::JOB`].
    pub name: &'static str,
    /// [`Synced::ENTITIES`].
    pub entities: &'static [&'static str],
    /// What the entities name in [`Entity::AFTER`].
    after: &'static [&'static [&'static str]],
    /// The Omie method it lists: the lane it works in. None for a job whose records are already here.
    pub method: Option<&'static str>,
    /// When it runs unless an operator says otherwise, as EventBridge Scheduler writes it, in the time of
    /// [`TIME_ZONE`].
    pub schedule: &'static str,
    /// When it reads everything and lets go of what is gone; none when it does so on every run.
    pub reconcile: Option<&'static str>,
    /// What the operator reads.
    pub title: &'static str,
}

/// The time zone of the schedules.
pub const TIME_ZONE: &str = "America/Sao_Paulo";

impl Job {
    const fn of<J: Synced>(
        after: &'static [&'static [&'static str]],
        method: Option<&'static str>,
        schedule: &'static str,
        title: &'static str,
    ) -> Self {
        Self { name: J::JOB, entities: J::ENTITIES, after, method, schedule, reconcile: None, title }
    }

    const fn reconciled(self, reconcile: &'static str) -> Self {
        Self { reconcile: Some(reconcile), ..self }
    }

    /// The name of its Lambda's binary, and of its step in the initial load.
    pub fn bin(&self) -> String {
        step(self.name)
    }

    /// The entities of other jobs whose rows must be in Máxima before.
    pub fn after(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.after.iter().copied().flatten().copied().filter(|entity| !self.entities.contains(entity))
    }
}

/// The jobs; the schedules are those of the mapping §1. What is made of the records of another job follows it by a
/// quarter of an hour or less.
const JOBS: [Job; 20] = [
    Job::of::<Cidade>(&[Cidade::AFTER], Some("PesquisarCidades"), "cron(0 2 * * ? *)", "Cidades"),
    Job::of::<Filial>(&[Filial::AFTER], Some("ListarEmpresas"), "cron(5 2 * * ? *)", "Filiais"),
    Job::of::<Atividade>(
        &[Atividade::AFTER],
        Some("ListarTipoAtiv"),
        "cron(10 2 * * ? *)",
        "Ramos de atividade",
    ),
    Job::of::<Cobranca>(
        &[Cobranca::AFTER],
        Some("ListarMeiosPagamento"),
        "cron(15 2 * * ? *)",
        "Meios de pagamento",
    ),
    Job::of::<PlanoPagamento>(
        &[PlanoPagamento::AFTER],
        Some("ListarFormasPagVendas"),
        "cron(20 2 * * ? *)",
        "Planos de pagamento",
    ),
    Job::of::<Banco>(&[Banco::AFTER], Some("ListarBancos"), "cron(25 2 ? * SUN *)", "Bancos"),
    Job::of::<Tributo>(&[Tributo::AFTER], None, "cron(30 2 * * ? *)", "Tributação padrão"),
    Job::of::<Vendedor>(&[Vendedor::AFTER], Some("ListarVendedores"), "rate(6 hours)", "Vendedores")
        .reconciled("cron(35 2 * * ? *)"),
    Job::of::<ProdutoFornecedor>(
        &[ProdutoFornecedor::AFTER],
        Some("ListarProdutoFornecedor"),
        "rate(6 hours)",
        "Produtos por fornecedor",
    ),
    Job::of::<Regiao>(
        &[Regiao::AFTER],
        Some("ListarTabelasPreco"),
        "cron(5 * * * ? *)",
        "Tabelas de preço (regiões)",
    ),
    Job::of::<Praca>(&[Praca::AFTER], None, "cron(20 * * * ? *)", "Praças"),
    Job::of::<Departamento>(
        &[Departamento::AFTER],
        Some("PesquisarFamilias"),
        "cron(10 0/6 * * ? *)",
        "Departamentos",
    ),
    Job::of::<Secao>(&[Secao::AFTER], None, "cron(25 0/6 * * ? *)", "Seções"),
    Job::of::<Cadastros>(
        &[Fornecedor::AFTER, Transportadora::AFTER, Cliente::AFTER],
        Some("ListarClientes"),
        "rate(15 minutes)",
        "Clientes, fornecedores e transportadoras",
    )
    .reconciled("cron(0 3 * * ? *)"),
    Job::of::<Produto>(&[Produto::AFTER], Some("ListarProdutos"), "rate(30 minutes)", "Produtos")
        .reconciled("cron(15 3 * * ? *)"),
    Job::of::<ProdutoFilial>(&[ProdutoFilial::AFTER], None, "cron(10/30 * * * ? *)", "Produtos por filial"),
    Job::of::<Estoque>(&[Estoque::AFTER], Some("ListarPosEstoque"), "rate(15 minutes)", "Estoques"),
    Job::of::<Preco>(&[Preco::AFTER], Some("ListarTabelaItens"), "rate(30 minutes)", "Preços")
        .reconciled("cron(30 3 * * ? *)"),
    Job::of::<Titulo>(&[Titulo::AFTER], Some("PesquisarLancamentos"), "rate(1 hour)", "Títulos a receber")
        .reconciled("cron(45 3 * * ? *)"),
    Job::of::<Historico>(
        &[Historico::AFTER],
        Some("ListarPedidos"),
        "rate(15 minutes)",
        "Histórico de pedidos",
    )
    .reconciled("cron(0 4 * * ? *)"),
];

/// The entities that rows of others refer to, with their cloud tables. Their keys are Máxima's.
const REFERRED_TO: [(&str, &str); 14] = [
    table_of::<Cidade>(),
    table_of::<Filial>(),
    table_of::<Atividade>(),
    table_of::<Cobranca>(),
    table_of::<PlanoPagamento>(),
    (Tributo::NAME, maxima::Tributo::TABLE),
    table_of::<Vendedor>(),
    table_of::<Regiao>(),
    table_of::<Praca>(),
    table_of::<Departamento>(),
    table_of::<Secao>(),
    table_of::<Fornecedor>(),
    table_of::<Cliente>(),
    table_of::<Produto>(),
];

const fn table_of<E: Entity<Row: Resource>>() -> (&'static str, &'static str) {
    (E::NAME, <E::Row as Resource>::TABLE)
}

/// The entities that rows of others refer to, each with its cloud table.
pub(crate) fn referred_to() -> impl Iterator<Item = (&'static str, &'static str)> {
    REFERRED_TO.into_iter()
}

/// The entity whose rows are in this cloud table.
pub(crate) fn entity_in(table: &str) -> Option<&'static str> {
    REFERRED_TO.iter().find(|(_, known)| *known == table).map(|(entity, _)| *entity)
}

/// Every job, in no particular order.
pub fn catalog() -> &'static [Job] {
    &JOBS
}

/// The job that keeps this entity in step.
pub fn job(entity: &str) -> Option<&'static Job> {
    JOBS.iter().find(|job| job.entities.contains(&entity))
}

/// Something to be done with a job of the catalogue, whichever it is.
pub trait JobVisitor {
    /// What comes of it.
    type Out;

    /// Does it with the job `J`.
    fn visit<J: Synced>(self) -> Self::Out;
}

/// Does something with the job of this name; nothing when there is none.
pub fn with_job<V: JobVisitor>(name: &str, visitor: V) -> Option<V::Out> {
    Some(match name {
        Cidade::JOB => visitor.visit::<Cidade>(),
        Filial::JOB => visitor.visit::<Filial>(),
        Atividade::JOB => visitor.visit::<Atividade>(),
        Cobranca::JOB => visitor.visit::<Cobranca>(),
        PlanoPagamento::JOB => visitor.visit::<PlanoPagamento>(),
        Banco::JOB => visitor.visit::<Banco>(),
        Tributo::JOB => visitor.visit::<Tributo>(),
        Vendedor::JOB => visitor.visit::<Vendedor>(),
        ProdutoFornecedor::JOB => visitor.visit::<ProdutoFornecedor>(),
        Regiao::JOB => visitor.visit::<Regiao>(),
        Praca::JOB => visitor.visit::<Praca>(),
        Departamento::JOB => visitor.visit::<Departamento>(),
        Secao::JOB => visitor.visit::<Secao>(),
        Cadastros::JOB => visitor.visit::<Cadastros>(),
        Produto::JOB => visitor.visit::<Produto>(),
        ProdutoFilial::JOB => visitor.visit::<ProdutoFilial>(),
        Estoque::JOB => visitor.visit::<Estoque>(),
        Preco::JOB => visitor.visit::<Preco>(),
        Titulo::JOB => visitor.visit::<Titulo>(),
        Historico::JOB => visitor.visit::<Historico>(),
        _ => return None,
    })
}

/// The steps of the initial load: a wave may start when the one before is done, the steps of a wave side by side.
/// First the branches and what they need, then the gate, then the rest.
pub fn waves() -> Vec<Vec<String>> {
    let (before, behind): (Vec<Job>, Vec<Job>) =
        JOBS.iter().copied().partition(|job| leads_to(Filial::NAME, job.name));
    let mut waves = levels(before);
    waves.push(vec![GATE.to_owned()]);
    waves.extend(levels(behind));
    waves
}

/// The step of a job.
pub fn step(job: &str) -> String {
    format!("sync-{job}")
}

/// Whether `name` must be done before `goal`, or is it.
fn leads_to(goal: &str, name: &str) -> bool {
    let Some(job) = job(goal) else { return false };
    job.name == name || job.after().any(|after| leads_to(after, name))
}

/// Each level holds what depends only on the levels before it, or on nothing in `jobs`.
fn levels(mut jobs: Vec<Job>) -> Vec<Vec<String>> {
    let mut levels = Vec::new();
    while !jobs.is_empty() {
        let waiting: Vec<&str> = jobs.iter().flat_map(|job| job.entities).copied().collect();
        let (ready, later): (Vec<Job>, Vec<Job>) =
            jobs.iter().partition(|job| !job.after().any(|after| waiting.contains(&after)));
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
        let entities: Vec<&str> = catalog().iter().flat_map(|job| job.entities).copied().collect();
        let names: BTreeSet<&str> = entities.iter().copied().collect();
        let listing = catalog().iter().filter_map(|job| job.method);
        let lanes: BTreeSet<_> = listing.clone().collect();

        assert_eq!(names.len(), entities.len());
        assert_eq!(lanes.len(), listing.count(), "two jobs in one lane would wait for each other");
        for job in catalog() {
            assert!(job.entities.contains(&job.name), "a job is named after one of its entities");
            for after in job.after() {
                assert!(names.contains(after), "{} comes after the unknown {after}", job.name);
            }
        }
    }

    #[test]
    fn every_job_can_be_called_by_its_name() {
        struct Name;
        impl JobVisitor for Name {
            type Out = (&'static str, &'static [&'static str]);

            fn visit<J: Synced>(self) -> Self::Out {
                (J::JOB, J::ENTITIES)
            }
        }

        for job in catalog() {
            assert_eq!(with_job(job.name, Name), Some((job.name, job.entities)));
        }
        assert_eq!(with_job("nada", Name), None);
    }

    #[test]
    fn the_gate_stands_between_the_branches_and_everything_else() {
        let waves = waves();

        assert_eq!(waves[..3], [vec!["sync-cidades"], vec!["sync-filiais"], vec![GATE]]);
    }

    #[test]
    fn every_job_runs_once_and_after_all_it_needs() {
        let waves = waves();
        let wave_of = |step: &str| waves.iter().position(|wave| wave.iter().any(|known| known == step));

        assert_eq!(waves.iter().flatten().count(), catalog().len() + 1);
        for later in catalog() {
            for after in later.after() {
                let before = job(after).expect("a job of the catalogue");
                assert!(wave_of(&before.bin()) < wave_of(&later.bin()), "{} before {after}", later.name);
            }
        }
    }

    /// All regions before any praça, and titles and history at the very end (mapping §4.10, §5).
    #[test]
    fn the_order_is_the_one_of_the_mapping() {
        let waves = waves();
        let wave_of = |job: &str| waves.iter().position(|wave| wave.contains(&step(job))).expect(job);

        assert!(wave_of("regioes") < wave_of("pracas"));
        assert!(wave_of("pracas") < wave_of("clientes"));
        assert!(wave_of("tributos") < wave_of("precos"));
        assert!(wave_of("produtos-fornecedores") < wave_of("produtos"));
        assert_eq!(wave_of("historicos"), waves.len() - 1);
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
