//! Which branches take part, and with which Sismetro account (flow §6).

use engine::{Documents, Expected, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sismetro::OpenBodyMode;

use crate::settings::{CancelStrategy, Settings};

/// The kind of the documents; the id is `<company>/<branch>`, or `<company>/*` for all others of a company.
pub const KIND: &str = "so-filial";

/// The configuration of one branch, or of all branches of a company that have none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// Company code in the ERP.
    pub company_code: i64,
    /// Branch code in the ERP; none: all that have no configuration of their own.
    #[serde(default)]
    pub branch_code: Option<i64>,
    /// Whether it takes part; mirrors the parameter of the ERP.
    pub active: bool,
    /// Name of its account in the secret; none: the tenant's default.
    #[serde(default)]
    pub account: Option<String>,
    /// Instead of the tenant's.
    #[serde(default)]
    pub cancel_strategy: Option<CancelStrategy>,
    /// Instead of the tenant's.
    #[serde(default)]
    pub open_body_mode: Option<OpenBodyMode>,
    /// When it was changed last.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
    /// By whom.
    #[serde(default)]
    pub updated_by: Option<String>,
}

/// What holds for an order of a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Whether its SS are opened.
    pub is_active: bool,
    /// The account's name; none: there is none.
    pub account: Option<String>,
    /// What is done when the ERP does not cancel an order that waits.
    pub cancel_strategy: CancelStrategy,
    /// What Sismetro is sent.
    pub open_body_mode: OpenBodyMode,
}

impl Branch {
    /// The id of its document.
    pub fn id(&self) -> String {
        id(self.company_code, self.branch_code)
    }

    /// Stores it in the place of what was there.
    pub async fn save(&self, state: &impl Documents) -> Result<(), StateError> {
        let body = serde_json::to_value(self).expect("a branch has text keys");
        state.put(KIND, &self.id(), &body, Expected::Any, None).await?;
        Ok(())
    }

    /// The one of this branch, or of all others of the company, as it is stored.
    pub async fn load(
        state: &impl Documents,
        company: i64,
        branch: Option<i64>,
    ) -> Result<Option<Self>, StateError> {
        let id = id(company, branch);
        let document = state.get(KIND, &id).await?;
        document.map(|document| read(&id, document.body)).transpose()
    }

    /// All that are stored, in the order of their ids.
    pub async fn all(state: &impl Documents) -> Result<Vec<Self>, StateError> {
        let stored = state.list(KIND, "", 10_000).await?;
        stored.into_iter().map(|(id, document)| read(&id, document.body)).collect()
    }
}

fn id(company: i64, branch: Option<i64>) -> String {
    match branch {
        Some(branch) => format!("{company}/{branch}"),
        None => format!("{company}/*"),
    }
}

fn read(id: &str, body: serde_json::Value) -> Result<Branch, StateError> {
    serde_json::from_value(body).map_err(|source| StateError::Malformed {
        what: format!("document {KIND}/{id}"),
        source: source.into(),
    })
}

/// What holds for a branch: its own configuration, its company's, the tenant's. Of a branch that nobody knows the
/// account is the tenant's, and it is active when there is one.
pub async fn rule(
    state: &impl Documents,
    settings: &Settings,
    branch: Option<(i64, i64)>,
) -> Result<Rule, StateError> {
    let mut rule = Rule {
        is_active: settings.default_branch_active,
        account: settings.default_account.clone(),
        cancel_strategy: settings.cancel_strategy,
        open_body_mode: settings.sismetro.open_body_mode,
    };
    let Some((company, branch)) = branch else {
        rule.is_active = rule.account.is_some();
        return Ok(rule);
    };
    for id in [id(company, Some(branch)), id(company, None)] {
        let Some(document) = state.get(KIND, &id).await? else { continue };
        let own = read(&id, document.body)?;
        rule.is_active = own.active;
        rule.account = own.account.or(rule.account);
        rule.cancel_strategy = own.cancel_strategy.unwrap_or(rule.cancel_strategy);
        rule.open_body_mode = own.open_body_mode.unwrap_or(rule.open_body_mode);
        break;
    }
    Ok(rule)
}

#[cfg(test)]
mod tests {
    use clock::Clock;
    use engine::Memory;

    use super::*;

    fn branch(branch_code: Option<i64>, active: bool, account: Option<&str>) -> Branch {
        Branch {
            company_code: 1,
            branch_code,
            active,
            account: account.map(str::to_owned),
            cancel_strategy: None,
            open_body_mode: None,
            updated_at: None,
            updated_by: None,
        }
    }

    async fn house(branches: &[Branch]) -> Memory {
        let state = Memory::new(Clock::paused("2026-11-22T08:00:00Z".parse().expect("an instant")));
        for branch in branches {
            branch.save(&state).await.expect("stored");
        }
        state
    }

    async fn of(state: &Memory, settings: &Settings, branch: Option<(i64, i64)>) -> (bool, Option<String>) {
        let rule = rule(state, settings, branch).await.expect("the store works");
        (rule.is_active, rule.account)
    }

    #[tokio::test(start_paused = true)]
    async fn the_nearest_configuration_counts() {
        let state = house(&[
            branch(Some(3), true, Some("tres")),
            branch(None, false, Some("um")),
            branch(Some(4), true, None),
        ])
        .await;
        let settings = Settings { default_account: Some("casa".to_owned()), ..Settings::default() };

        assert_eq!(of(&state, &settings, Some((1, 3))).await, (true, Some("tres".to_owned())));
        assert_eq!(of(&state, &settings, Some((1, 4))).await, (true, Some("casa".to_owned())));
        assert_eq!(of(&state, &settings, Some((1, 5))).await, (false, Some("um".to_owned())));
        assert_eq!(of(&state, &settings, Some((2, 3))).await, (false, Some("casa".to_owned())));
    }

    #[tokio::test(start_paused = true)]
    async fn a_branch_that_nobody_knows_goes_with_the_default_account() {
        let state = house(&[]).await;
        let settings = Settings { default_account: Some("casa".to_owned()), ..Settings::default() };

        assert_eq!(of(&state, &settings, None).await, (true, Some("casa".to_owned())));
        assert_eq!(of(&state, &Settings::default(), None).await, (false, None));
    }
}
