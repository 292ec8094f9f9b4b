//! What the operator calls a job: what runs by a schedule and leaves a record of it.

use sales::catalog;

/// One job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its name in addresses, and in [`sales::history`].
    pub name: &'static str,
    /// What the operator reads.
    pub title: &'static str,
    /// What it does, in a sentence.
    pub what: &'static str,
    /// The binary of its function.
    pub binary: String,
    /// Its schedules, the usual one first, each with the expression it is deployed with.
    pub schedules: Vec<(String, String)>,
    /// The entities whose records it keeps in step; none of those that move cases.
    pub entities: &'static [&'static str],
}

/// The jobs that are no listing, with their schedules in the template.
const FLOWS: [(&str, &str, &str, &str); 4] = [
    (
        "import-pedidos",
        "Pedidos para o Omie",
        "leva os pedidos dos vendedores da Máxima ao Omie",
        "rate(1 minute)",
    ),
    (
        "import-clientes",
        "Cadastros para o Omie",
        "leva clientes novos e alterados da Máxima ao Omie",
        "rate(5 minutes)",
    ),
    (
        "status-pedidos",
        "Situação dos pedidos",
        "conta aos vendedores o que houve com os pedidos no Omie",
        "rate(2 minutes)",
    ),
    (
        "reconcile-pedidos",
        "Conferência dos pedidos",
        "conta os dois lados e explica cada pedido",
        "cron(30 4 * * ? *)",
    ),
];

/// Every job, first those that move orders.
pub fn all() -> Vec<Job> {
    let flows = FLOWS.iter().map(|(name, title, what, schedule)| Job {
        name,
        title,
        what,
        binary: (*name).to_owned(),
        schedules: vec![((*name).to_owned(), (*schedule).to_owned())],
        entities: &[],
    });
    flows.chain(catalog::catalog().iter().map(of_catalog)).collect()
}

/// The job of this name.
pub fn named(name: &str) -> Option<Job> {
    all().into_iter().find(|job| job.name == name)
}

fn of_catalog(job: &catalog::Job) -> Job {
    let usual = (job.bin(), job.schedule.to_owned());
    let whole = job.reconcile.map(|expression| (format!("reconcile-{}", job.name), expression.to_owned()));
    Job {
        name: job.name,
        title: job.title,
        what: match job.method {
            Some(_) => "lê do Omie e mantém igual na Máxima",
            None => "deriva do que já foi lido e mantém igual na Máxima",
        },
        binary: job.bin(),
        schedules: std::iter::once(usual).chain(whole).collect(),
        entities: job.entities,
    }
}

impl Job {
    /// Whether it reads a catalogue, and so can be asked to read all of it.
    pub fn is_listing(&self) -> bool {
        !self.entities.is_empty()
    }

    /// What a schedule of this job is called.
    pub fn label_of(&self, schedule: &str) -> &'static str {
        if schedule.starts_with("reconcile-") && self.is_listing() {
            "conferência completa"
        } else {
            "execução"
        }
    }
}

/// What an entity is called, where its job has several.
pub fn entity(name: &str) -> &str {
    match name {
        "fornecedores" => "Fornecedores",
        "transportadoras" => "Transportadoras",
        "clientes" => "Clientes",
        other => catalog::job(other).map_or(other, |job| job.title),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_job_has_a_schedule_that_can_be_read_and_a_name_of_its_own() {
        let names: BTreeSet<&str> = all().iter().map(|job| job.name).collect();

        assert_eq!(names.len(), all().len());
        for (name, expression) in all().into_iter().flat_map(|job| job.schedules) {
            schedules::Recurrence::parse(&expression, catalog::TIME_ZONE)
                .unwrap_or_else(|why| panic!("{name}: {why}"));
        }
    }

    /// The names are written by hand in the template too.
    #[test]
    fn the_template_has_every_schedule() {
        let template = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
        let template = std::fs::read_to_string(template).expect("the template");
        for (name, expression) in all().into_iter().flat_map(|job| job.schedules) {
            let (line, wanted) = (
                format!("Name: !Sub ponte-${{Tenant}}-{name}\n"),
                format!("ScheduleExpression: {expression}"),
            );
            let written = template
                .match_indices(&line)
                .filter(|(at, _)| template[*at..].lines().take(4).any(|line| line.trim() == wanted));
            assert_eq!(written.count(), 1, "{name}: {expression}");
        }
    }
}
