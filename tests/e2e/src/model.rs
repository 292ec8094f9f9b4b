//! What Máxima must hold, worked out from Omie's records alone.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Entity, Key, Mapped, Quarantine as _};
use maxima::Resource;
use sales::entities::{
    Atividade, Banco, Cidade, Cliente, Cobranca, Departamento, Filial, Fornecedor, PlanoPagamento, Praca,
    Produto, Refs, Regiao, Transportadora, Vendedor,
};
use sales::praca::day_in_sao_paulo;
use sales::settings::Settings;
use serde::de::DeserializeOwned;
use serde_json::Value;
use simulators::Registry;

use crate::World;

/// More than any quarantine of the tests holds.
const ALL: usize = 10_000;

impl World {
    /// Every difference between Máxima and the map of Omie's records, and every record that is neither in
    /// Máxima nor in quarantine. Empty when all is right. What is made of several records, or numbered on the way
    /// (titles, history, stock, prices), is compared with a second world instead: see [`World::held_all`].
    pub async fn differences(&self) -> Vec<String> {
        let mut found = Vec::new();
        found.extend(self.compare::<Cidade>(Registry::Cidades).await);
        found.extend(self.compare::<Filial>(Registry::Empresas).await);
        found.extend(self.compare::<Atividade>(Registry::Atividades).await);
        found.extend(self.compare::<Cobranca>(Registry::MeiosPagamento).await);
        found.extend(self.compare::<PlanoPagamento>(Registry::FormasPagamento).await);
        found.extend(self.compare::<Banco>(Registry::Bancos).await);
        found.extend(self.compare::<Vendedor>(Registry::Vendedores).await);
        found.extend(self.compare::<Regiao>(Registry::TabelasPreco).await);
        found.extend(self.compare_facts().await);
        found.extend(self.compare::<Fornecedor>(Registry::Clientes).await);
        found.extend(self.compare::<Transportadora>(Registry::Clientes).await);
        found.extend(self.compare::<Cliente>(Registry::Clientes).await);
        found.extend(self.compare::<Departamento>(Registry::Familias).await);
        found.extend(self.compare::<Produto>(Registry::Produtos).await);
        found
    }

    /// Keys in quarantine.
    pub async fn quarantined<E: Entity>(&self) -> BTreeSet<String> {
        let held = self.state.in_quarantine(E::NAME, ALL).await.expect("readable");
        held.into_iter().map(|(key, _)| key.to_string()).collect()
    }

    /// What Máxima holds, all resources, without the control hashes.
    pub fn held_all(&self) -> BTreeMap<String, BTreeMap<String, Value>> {
        let resources = self.partners.maxima.verdict().rows.into_keys();
        resources.map(|resource| (resource.clone(), self.held(&resource))).collect()
    }

    async fn compare<E>(&self, registry: Registry) -> Vec<String>
    where
        E: Entity<Record: DeserializeOwned, Row: Resource, Refs: Refs>,
    {
        let records = self.partners.omie.records(registry).into_iter();
        let records = records.map(|record| serde_json::from_value(record).expect("a record we can read"));
        self.against::<E>(records.collect()).await
    }

    /// Praças come from the regions' facts, which come from the price tables.
    async fn compare_facts(&self) -> Vec<String> {
        let tables = self.partners.omie.records(Registry::TabelasPreco);
        let facts = tables.into_iter().filter_map(|table| {
            let table = serde_json::from_value(table).expect("a record we can read");
            Regiao::facts(&table)
        });
        let records = facts.map(|fact| serde_json::from_value(fact).expect("a fact we can read"));
        self.against::<Praca>(records.collect()).await
    }

    async fn against<E>(&self, records: Vec<E::Record>) -> Vec<String>
    where
        E: Entity<Row: Resource, Refs: Refs>,
    {
        let settings = Settings::load(&self.state).await.expect("valid settings");
        let today = day_in_sao_paulo(self.clock.now());
        let refs = <E::Refs as Refs>::load(&self.state, &settings, today).await.expect("complete settings");
        let quarantined = self.quarantined::<E>().await;
        let mut wanted: BTreeMap<String, Value> =
            E::guaranteed(records.len() as u64, &refs).into_iter().map(wanted_row).collect();
        let mut found = Vec::new();
        for record in records {
            let key = E::key(&record);
            let is_quarantined = quarantined.contains(key.as_str());
            match E::map(record, &refs) {
                Mapped::Skip(_) | Mapped::Gone(_) => {}
                Mapped::Row(_) | Mapped::Reject(_) if is_quarantined => {}
                Mapped::Row(row) => wanted.extend([wanted_row((key, row))]),
                Mapped::Reject(_) => found.push(format!("{} {key} is not in quarantine", E::NAME)),
            }
        }
        let held = self.held(<E::Row as Resource>::PATH);
        for key in wanted.keys().chain(held.keys()).collect::<BTreeSet<_>>() {
            let (wanted, held) = (wanted.get(key), held.get(key));
            if wanted != held {
                found.push(format!("{} {key}: wanted {wanted:?}, held {held:?}", E::NAME));
            }
        }
        found
    }

    /// The rows of a resource without the control hash.
    fn held(&self, resource: &str) -> BTreeMap<String, Value> {
        let mut rows = self.partners.maxima.rows(resource);
        for row in rows.values_mut() {
            row.as_object_mut().expect("a row is an object").remove("Hash");
        }
        rows
    }
}

/// A row as Máxima shows it: without what is null.
fn wanted_row<R: Resource>((key, row): (Key, R)) -> (String, Value) {
    let mut row = serde_json::to_value(row).expect("a row is JSON");
    row.as_object_mut().expect("a row is an object").retain(|_, value| !value.is_null());
    (key.to_string(), row)
}
