//! The foreign-key check (`contracts/maxima.md` §3.3): every reference of a row names a row that is there.

use std::collections::{BTreeMap, HashSet};

use partner_http::CallError;

use crate::{
    client::Maxima,
    resource::Resource,
    rules::{self, Fk, Rule, Violation},
};

/// A reference that is not known to be good.
struct Reference {
    /// Position of the row.
    row: usize,
    field: &'static str,
    key: String,
}

impl Maxima {
    /// What is wrong with each row: the members that break their rules, as [`check`](crate::check) finds them,
    /// then the references that name nothing, whose violations say so by [`Violation::missing`]. Keys found once
    /// are not asked for again in the life of this client: many customers name few cities.
    pub async fn violations<R: Resource>(&self, rows: &[R]) -> Result<Vec<Vec<Violation>>, CallError> {
        self.violations_with(rows, &|_, _| false).await
    }

    /// As [`violations`](Self::violations), where a key that `planned(table, key)` promises counts as there: one
    /// that an earlier step is going to write (a dry run writes nothing), or the row's own header. The cloud is
    /// not asked about it.
    pub async fn violations_with<R: Resource>(
        &self,
        rows: &[R],
        planned: &(dyn Fn(&str, &str) -> bool + Sync),
    ) -> Result<Vec<Vec<Violation>>, CallError> {
        let (mut found, open) = self.told_without_asking(rows, planned);
        for (at, references) in open {
            let Some(fk) = R::RULES[at].fk else { continue };
            let missing = self.missing(fk, &references).await?;
            for Reference { row, field, key } in &references {
                if missing.contains(key.as_str()) {
                    found[*row].push(Violation::dangling(field, fk, key));
                }
            }
        }
        Ok(found)
    }

    /// The violations of the rules, and the references that only the cloud can tell, by position of their rule.
    fn told_without_asking<R: Resource>(
        &self,
        rows: &[R],
        planned: &(dyn Fn(&str, &str) -> bool + Sync),
    ) -> (Vec<Vec<Violation>>, BTreeMap<usize, Vec<Reference>>) {
        let known = self.known.look();
        let mut open: BTreeMap<usize, Vec<Reference>> = BTreeMap::new();
        let mut found = Vec::with_capacity(rows.len());
        for (row, shown) in rows.iter().enumerate() {
            let mut broken = Vec::new();
            rules::each_rule(shown, |at, rule, member| {
                broken.extend(rule.violation(member));
                let Rule { field, fk: Some(fk), .. } = *rule else { return };
                let key = member.text();
                if !member.is_blank() && !known.has(fk.table, key) && !planned(fk.table, key) {
                    open.entry(at).or_default().push(Reference { row, field, key: key.to_owned() });
                }
            });
            found.push(broken);
        }
        (found, open)
    }

    async fn missing<'a>(&self, fk: Fk, references: &'a [Reference]) -> Result<HashSet<&'a str>, CallError> {
        let mut unknown: HashSet<&str> = references.iter().map(|reference| reference.key.as_str()).collect();
        let keys: Vec<String> = unknown.iter().map(|key| (*key).to_owned()).collect();
        let found = self.existing(fk.table, fk.column, &keys).await?;
        unknown.retain(|key| !found.contains(*key));
        self.known.learn(fk.table, found);
        Ok(unknown)
    }
}
