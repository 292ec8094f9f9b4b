//! How far the set-up has come: the steps that were done, and the settings while they still have problems.

use std::collections::BTreeMap;

use engine::{Documents, Expected, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::settings::{Settings, SetupError, versions};

/// The document's place.
const PLACE: (&str, &str) = ("setup", "omie-maxima");

/// A step of the wizard, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Máxima's login.
    Maxima,
    /// Omie's keys.
    Omie,
    /// Category, location, amounts, stages.
    DePara,
    /// Payment means × account.
    Contas,
    /// Defaults and rules.
    Padroes,
    /// When each job runs.
    Agendas,
    /// What a load would do.
    Ensaio,
    /// The initial load.
    Carga,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Maxima,
        Self::Omie,
        Self::DePara,
        Self::Contas,
        Self::Padroes,
        Self::Agendas,
        Self::Ensaio,
        Self::Carga,
    ];

    /// Its name in addresses.
    pub fn id(self) -> &'static str {
        match self {
            Self::Maxima => "maxima",
            Self::Omie => "omie",
            Self::DePara => "de-para",
            Self::Contas => "contas",
            Self::Padroes => "padroes",
            Self::Agendas => "agendas",
            Self::Ensaio => "ensaio",
            Self::Carga => "carga",
        }
    }

    /// What the operator calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Maxima => "Acesso à Máxima",
            Self::Omie => "Acesso ao Omie",
            Self::DePara => "De-para",
            Self::Contas => "Pagamento × conta",
            Self::Padroes => "Padrões e regras",
            Self::Agendas => "Agendamentos",
            Self::Ensaio => "Ensaio",
            Self::Carga => "Carga inicial",
        }
    }

    /// The step of this name.
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.id() == id)
    }

    /// The step after it.
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|step| *step > self)
    }

    /// The step before it.
    pub fn previous(self) -> Option<Self> {
        Self::ALL.into_iter().rev().find(|step| *step < self)
    }
}

/// Who did a step, and when last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
}

/// The set-up as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The settings: those in use, or, while they have problems, what was chosen so far.
    pub settings: Settings,
    /// The steps that were done.
    pub done: BTreeMap<Step, Done>,
    /// Whether the settings are those that the jobs read.
    pub is_in_use: bool,
    stored: Option<u64>,
    in_use: Option<u64>,
}

#[derive(Default, Serialize, Deserialize)]
struct Stored {
    #[serde(default)]
    done: BTreeMap<Step, Done>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    settings: Option<Settings>,
}

impl Draft {
    /// The set-up as it stands; what was never begun begins with the defaults.
    pub async fn open(state: &impl Documents) -> Result<Self, SetupError> {
        let document = state.get(PLACE.0, PLACE.1).await?;
        let stored = document.as_ref().map(|document| document.version);
        let draft: Stored = match document {
            Some(document) => {
                serde_json::from_value(document.body).map_err(|source| StateError::Malformed {
                    what: format!("document {}/{}", PLACE.0, PLACE.1),
                    source: source.into(),
                })?
            }
            None => Stored::default(),
        };
        let in_use = Settings::stored(state).await?;
        let version = in_use.as_ref().map(|(_, version)| *version);
        let usable = in_use.map(|(settings, _)| settings).filter(|settings| settings.problems().is_empty());
        let is_in_use = usable.is_some();
        let settings = usable.or(draft.settings).unwrap_or_default();
        Ok(Self { settings, done: draft.done, is_in_use, stored, in_use: version })
    }

    /// The first step that was not done; none when all were.
    pub fn current(&self) -> Option<Step> {
        Step::ALL.into_iter().find(|step| !self.done.contains_key(step))
    }

    /// Whether a step may be entered: all before it were done. Steps that were done may be done again.
    pub fn is_open(&self, step: Step) -> bool {
        self.current().is_none_or(|current| step <= current)
    }

    /// Keeps what a step came to. Settings without problems are in use from then on; others are kept here until they
    /// have none. A draft that somebody else has changed meanwhile is a conflict: the page is to be shown again.
    pub async fn finish(
        mut self,
        state: &impl Documents,
        step: Step,
        settings: Settings,
        by: &str,
        now: Timestamp,
    ) -> Result<Self, SetupError> {
        self.done.insert(step, Done { at: now, by: by.to_owned() });
        self.is_in_use = settings.problems().is_empty();
        if self.is_in_use && (self.in_use.is_none() || settings != self.settings) {
            let expected = self.in_use.map_or(Expected::Absent, Expected::Version);
            self.in_use =
                Some(versions::save(&settings, state, expected, versions::Signature::new(by, now)).await?);
        }
        let kept = (!self.is_in_use).then(|| settings.clone());
        let body = serde_json::to_value(Stored { done: self.done.clone(), settings: kept })
            .expect("settings have text keys and finite numbers");
        let expected = self.stored.map_or(Expected::Absent, Expected::Version);
        self.stored = Some(state.put(PLACE.0, PLACE.1, &body, expected, None).await?);
        self.settings = settings;
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
