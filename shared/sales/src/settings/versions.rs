//! Who changed the settings, when, from what to what: a version per change.

use std::collections::BTreeSet;
use std::time::Duration;

use engine::{Documents, Expected, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Settings, SetupError};

/// The kind of the documents; the id is the number of the version, so that they list in their order.
const KIND: &str = "settings-versao";

/// One setting that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its name, as the mapping §10 calls it; a member of a group has a dot: `Etapas.50`.
    pub setting: String,
    /// What it was; null when it was not there.
    pub from: Value,
    /// What it is; null when it is gone.
    pub to: Value,
}

/// The settings as somebody left them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why, where it was asked.
    #[serde(default)]
    pub reason: Option<String>,
    /// What was changed.
    pub changes: Vec<Change>,
    /// The whole of it.
    pub settings: Settings,
}

/// Who saves settings, when, and why.
#[derive(Clone, Copy, Debug)]
pub struct Signature<'a> {
    /// Who.
    pub by: &'a str,
    /// Why, where it was asked.
    pub reason: Option<&'a str>,
    /// When.
    pub at: Timestamp,
}

impl<'a> Signature<'a> {
    /// Without a reason.
    pub fn new(by: &'a str, at: Timestamp) -> Self {
        Self { by, reason: None, at }
    }
}

/// An attempt that was signed and not in use after so long never will be.
const DEAD: Duration = Duration::from_mins(1);

/// Saves settings and who changed what; gives the new version. It is signed first: a change that nobody signed must not
/// be in use. A signature whose change never came into use gives way to the next.
pub async fn save(
    settings: &Settings,
    state: &impl Documents,
    expected: Expected,
    signature: Signature<'_>,
) -> Result<u64, SetupError> {
    let Signature { by, reason, at: now } = signature;
    settings.refuse_problems()?;
    let before = Settings::stored(state).await?;
    let version = before.as_ref().map(|(_, version)| *version);
    let is_as_expected = match expected {
        Expected::Any => true,
        Expected::Absent => version.is_none(),
        Expected::Version(known) => version == Some(known),
    };
    let conflict = || SetupError::State(StateError::Conflict { what: "settings".to_owned() });
    let id = format!("{:010}", version.unwrap_or_default() + 1);
    let place = match state.get(KIND, &id).await? {
        None => Expected::Absent,
        Some(dead) if !is_recent(&dead.body, now) => Expected::Version(dead.version),
        Some(_) => return Err(conflict()),
    };
    if !is_as_expected {
        return Err(conflict());
    }
    let changes = changes(before.as_ref().map(|(settings, _)| settings), settings);
    let signed = Version {
        at: now,
        by: by.to_owned(),
        reason: reason.map(str::to_owned),
        changes,
        settings: settings.clone(),
    };
    let body = serde_json::to_value(&signed).expect("settings have text keys and finite numbers");
    state.put(KIND, &id, &body, place, None).await?;
    settings.save(state, version.map_or(Expected::Absent, Expected::Version)).await
}

fn is_recent(signed: &Value, now: Timestamp) -> bool {
    let at = signed["at"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
    at.is_some_and(|at| now < clock::later(at, DEAD))
}

/// The last versions, the latest first, each with its number.
pub async fn latest(state: &impl Documents, limit: usize) -> Result<Vec<(u64, Version)>, StateError> {
    let found = state.latest(KIND, "", limit).await?;
    let read = |(id, document): (String, engine::Document)| {
        let version = serde_json::from_value(document.body).map_err(|source| StateError::Malformed {
            what: format!("document {KIND}/{id}"),
            source: source.into(),
        })?;
        Ok((id.parse().unwrap_or_default(), version))
    };
    found.into_iter().map(read).collect()
}

/// What is different, by name. From nothing every setting that is not the default is a change.
pub fn changes(before: Option<&Settings>, after: &Settings) -> Vec<Change> {
    let default = Settings::default();
    let (from, to) = (flat(before.unwrap_or(&default)), flat(after));
    let names: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    let value = |all: &Map<String, Value>, name: &String| all.get(name).cloned().unwrap_or(Value::Null);
    names
        .into_iter()
        .map(|name| Change { setting: name.clone(), from: value(&from, name), to: value(&to, name) })
        .filter(|change| change.from != change.to)
        .collect()
}

/// The settings by name, members of groups with a dot; an empty group has none.
pub fn flat(settings: &Settings) -> Map<String, Value> {
    let mut all = Map::new();
    let whole = serde_json::to_value(settings).expect("settings have text keys and finite numbers");
    spread("", whole, &mut all);
    all.remove("Formato");
    all
}

fn spread(name: &str, value: Value, all: &mut Map<String, Value>) {
    match value {
        Value::Object(members) => {
            for (member, value) in members {
                let name = if name.is_empty() { member } else { format!("{name}.{member}") };
                spread(&name, value, all);
            }
        }
        value => drop(all.insert(name.to_owned(), value)),
    }
}

#[cfg(test)]
mod tests {
    use clock::Clock;
    use engine::Memory;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_738_500_000 + second).expect("a valid second")
    }

    fn usable() -> Settings {
        Settings { contas: [("01".to_owned(), 7)].into(), ..Settings::default() }
    }

    #[test]
    fn a_change_names_the_member_that_changed_and_nothing_else() {
        let mut after = usable();
        after.contas.insert("15".to_owned(), 8);
        after.bonificacao = false;

        let changed = changes(Some(&usable()), &after);

        let named: Vec<_> =
            changed.iter().map(|it| (it.setting.as_str(), it.from.clone(), it.to.clone())).collect();
        assert_eq!(named, [("Bonificacao", true.into(), false.into()), ("Contas.15", Value::Null, 8.into())]);
        assert_eq!(changes(Some(&after), &after), []);
    }

    #[tokio::test]
    async fn each_change_is_signed_and_the_latest_is_first() {
        let state = Memory::new(Clock::system());
        let first =
            save(&usable(), &state, Expected::Absent, Signature::new("ana", at(0))).await.expect("saved");
        let mut next = usable();
        next.bonificacao = false;
        let signature = Signature { reason: Some("sem bonificação"), ..Signature::new("bia", at(60)) };
        save(&next, &state, Expected::Version(first), signature).await.expect("saved");

        let versions = latest(&state, 10).await.expect("kept");

        let signed: Vec<_> =
            versions.iter().map(|(number, it)| (*number, it.by.as_str(), it.changes.len())).collect();
        assert_eq!(signed, [(2, "bia", 1), (1, "ana", 1)]);
        let reasons: Vec<_> = versions.iter().map(|(_, it)| it.reason.as_deref()).collect();
        assert_eq!(reasons, [Some("sem bonificação"), None]);
        assert_eq!(versions[0].1.settings, next);
        assert_eq!(Settings::load(&state).await.expect("in use"), next);
    }

    #[tokio::test]
    async fn what_somebody_else_has_changed_meanwhile_is_not_overwritten() {
        let state = Memory::new(Clock::system());
        let first =
            save(&usable(), &state, Expected::Absent, Signature::new("ana", at(0))).await.expect("saved");
        let mut next = usable();
        next.bonificacao = false;
        save(&next, &state, Expected::Version(first), Signature::new("bia", at(60))).await.expect("saved");

        let late = save(&usable(), &state, Expected::Version(first), Signature::new("ana", at(61))).await;

        assert!(matches!(late, Err(SetupError::State(StateError::Conflict { .. }))), "{late:?}");
        assert_eq!(Settings::load(&state).await.expect("in use"), next);
        let versions = latest(&state, 10).await.expect("kept");
        assert_eq!(versions.len(), 2, "nor is it signed");
    }

    #[tokio::test]
    async fn a_signature_whose_change_never_came_into_use_gives_way() {
        let state = Memory::new(Clock::system());
        let dead = Version {
            at: at(0),
            by: "ana".to_owned(),
            reason: None,
            changes: Vec::new(),
            settings: usable(),
        };
        let body = serde_json::to_value(dead).expect("JSON");
        state.put(KIND, "0000000001", &body, Expected::Absent, None).await.expect("kept");

        let early = save(&usable(), &state, Expected::Absent, Signature::new("bia", at(30))).await;
        assert!(matches!(early, Err(SetupError::State(StateError::Conflict { .. }))), "it may be on its way");
        save(&usable(), &state, Expected::Absent, Signature::new("bia", at(61))).await.expect("saved");

        let versions = latest(&state, 10).await.expect("kept");
        assert_eq!(versions.iter().map(|(_, it)| it.by.as_str()).collect::<Vec<_>>(), ["bia"]);
    }
}
