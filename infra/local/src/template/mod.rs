//! `template.yaml`, as far as a machine without AWS can keep its word: what is missing there is missing here.
//!
//! A CloudFormation function or a kind of resource that the runner does not know is refused by name, with the
//! logical id where it stands; nothing is guessed.

mod conditions;
mod model;
mod references;
mod resources;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

pub use model::{Function, Machine, Route, Rule, Schedule, Secret, Table, Template, Wanted};

use references::References;

/// The region of the local tenant's ARNs.
pub const REGION: &str = "sa-east-1";
/// The account of the local tenant's ARNs.
pub const ACCOUNT: &str = "000000000000";

/// What is wrong with the template, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {what}")]
pub struct Broken {
    /// The logical id or the section.
    pub at: String,
    /// What is missing or not supported.
    pub what: String,
}

impl Broken {
    pub(crate) fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self { at: at.into(), what: what.into() }
    }
}

/// Why the template could not be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file cannot be read.
    #[error("não consegui ler {}: {source}", path.display())]
    Unreadable {
        /// The template or a definition it names.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not YAML.
    #[error("{} não é um YAML válido: {source}", path.display())]
    NotYaml {
        /// The template.
        path: PathBuf,
        /// Where and why.
        source: serde_yaml_ng::Error,
    },
    /// It is YAML, and says something the runner cannot do.
    #[error("{}: {broken}", path.display())]
    Broken {
        /// The template or a definition it names.
        path: PathBuf,
        /// What and where.
        broken: Broken,
    },
}

impl Template {
    /// Reads a template with these values for its parameters (the defaults for the others).
    pub fn read(path: &Path, parameters: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let unreadable = |source| TemplateError::Unreadable { path: path.to_owned(), source };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let document = serde_yaml_ng::from_str(&text)
            .map_err(|source| TemplateError::NotYaml { path: path.to_owned(), source })?;
        Self::of(&document, parameters)
            .map_err(|broken| TemplateError::Broken { path: path.to_owned(), broken })
    }

    /// The same from a document.
    pub fn of(
        document: &serde_yaml_ng::Value,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Self, Broken> {
        resources::read(&References::of(document, parameters)?)
    }

    /// The definition of a state machine, its `${…}` substituted.
    pub fn definition(machine: &Machine, root: &Path) -> Result<Value, TemplateError> {
        let path = root.join(&machine.definition);
        let unreadable = |source| TemplateError::Unreadable { path: path.clone(), source };
        let mut text = std::fs::read_to_string(&path).map_err(unreadable)?;
        for (name, value) in &machine.substitutions {
            text = text.replace(&format!("${{{name}}}"), value);
        }
        let broken = |what: String| TemplateError::Broken {
            path: path.clone(),
            broken: Broken::new(&machine.name, what),
        };
        if let Some(at) = text.find("${") {
            let name: String = text[at..].chars().take_while(|c| *c != '}').chain(['}']).collect();
            return Err(broken(format!("{name} não está em DefinitionSubstitutions")));
        }
        serde_json::from_str(&text).map_err(|error| broken(format!("não é um JSON válido: {error}")))
    }
}

#[cfg(test)]
mod tests;
