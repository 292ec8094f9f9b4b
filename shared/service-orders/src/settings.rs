//! What an operator decides about the Senior X–Sismetro integration, as one stored document. Secrets are not here.

use std::fmt;

use engine::{Documents, Expected, StateError};
use partner_http::Remedy;
use senior::{SeniorOptions, UrlStyle};
use serde::{Deserialize, Serialize};
use sismetro::SismetroOptions;

use crate::credentials::Credentials;
use crate::spoken::spoken;

/// The kind of the document.
pub const KIND: &str = "so-settings";
/// Its id.
pub const ID: &str = "senior-sismetro";
/// The format this program writes. A newer one is refused instead of losing what is not known.
const FORMAT: u32 = 1;

/// The settings of the integration. The knobs of the two partners that only change how they are spoken to are in
/// [`senior`](Self::senior) and [`sismetro`](Self::sismetro); what decides about orders is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of the operator")]
pub struct Settings {
    /// Version of the stored format.
    pub format: u32,
    /// Whether branches without a configuration take part (flow §6).
    pub default_branch_active: bool,
    /// Name of the Sismetro account of branches that name none, and of orders whose branch nobody knows.
    pub default_account: Option<String>,
    /// What is done when the ERP does not cancel an order that waits (`contracts/senior-x.md` §10.7).
    pub cancel_strategy: CancelStrategy,
    /// Whether an opening that left no trace in two looks is sent once more (`contracts/sismetro.md` §5.5.3).
    pub auto_resend: bool,
    /// Pages of Sismetro's list that are looked through for a lost opening; 0: none, a person decides.
    pub scan_pages: u32,
    /// Whether a callback only triggers a look at the SS (`contracts/sismetro.md` §10.6).
    pub verify_callbacks: bool,
    /// Whether callbacks must be signed (`contracts/sismetro.md` §10.5).
    pub require_signature: bool,
    /// SS looked at in one turn of the poll (flow §8.3).
    pub poll_per_turn: usize,
    /// An SS that takes longer than so many days is remarkable.
    pub max_execution_days: u32,
    /// An order is forgotten so many days after its end. It is what it was when the order came.
    pub retention_days: u32,
    /// Whether the ERP is asked for waiting orders that we never heard of (flow §8.3; needs the list of the ERP).
    pub find_lost_events: bool,
    /// After so many hours the register of equipment is read again, while it is searched.
    pub equipment_hours: u32,
    /// Searches for equipment that one caller may make in a minute.
    pub equipment_searches_per_minute: u32,
    /// How Senior X is spoken to.
    pub senior: SeniorOptions,
    /// How Sismetro is spoken to.
    pub sismetro: SismetroOptions,
}

/// What is done when the ERP does not cancel an order that waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelStrategy {
    /// A person decides.
    #[default]
    Direct,
    /// It is released and cancelled at once. In between it could be billed.
    ReleaseThenCancel,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            format: FORMAT,
            default_branch_active: false,
            default_account: None,
            cancel_strategy: CancelStrategy::default(),
            auto_resend: false,
            scan_pages: 6,
            verify_callbacks: true,
            require_signature: false,
            poll_per_turn: 80,
            max_execution_days: 30,
            retention_days: crate::record::KEPT_DAYS,
            find_lost_events: false,
            equipment_hours: 24,
            equipment_searches_per_minute: 60,
            senior: SeniorOptions::default(),
            sismetro: SismetroOptions::default(),
        }
    }
}

/// One thing to correct in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Name of the setting, with the way to it.
    pub setting: String,
    /// What is wrong and what to do, in Portuguese.
    pub text: String,
}

impl Problem {
    pub(crate) fn new(setting: impl Into<String>, text: impl Into<String>) -> Self {
        Self { setting: setting.into(), text: text.into() }
    }
}

/// The settings cannot be had, or cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The store failed.
    #[error("os parâmetros não puderam ser lidos ou gravados")]
    State(#[from] StateError),
    /// Somebody must correct these; never empty.
    #[error("{}", Listed(.0))]
    Incomplete(Vec<Problem>),
}

impl SetupError {
    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::State(error) => error.remedy(),
            Self::Incomplete(_) => Remedy::FixConfig,
        }
    }
}

struct Listed<'a>(&'a [Problem]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("os parâmetros da integração precisam de correção:")?;
        for Problem { setting, text } in self.0 {
            write!(f, "\n  {setting:<24} {text}")?;
        }
        Ok(())
    }
}

impl Settings {
    /// The tenant, as the ERP calls it: part of every idempotency key.
    pub fn tenant(&self) -> &str {
        &self.senior.tenant_name
    }

    /// What must be corrected; empty when they can be used.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Err(bad) = self.senior.check() {
            problems.push(Problem::new(format!("senior.{}", bad.knob), bad.why));
        }
        if let Err(bad) = self.sismetro.check() {
            problems.push(Problem::new(format!("sismetro.{}", bad.knob), bad.why));
        }
        let ranges = [
            ("scan_pages", u64::from(self.scan_pages), 0..=20),
            ("poll_per_turn", self.poll_per_turn as u64, 1..=500),
            ("max_execution_days", u64::from(self.max_execution_days), 1..=365),
            ("retention_days", u64::from(self.retention_days), 30..=3_650),
            ("equipment_hours", u64::from(self.equipment_hours), 1..=720),
            ("equipment_searches_per_minute", u64::from(self.equipment_searches_per_minute), 1..=600),
        ];
        for (setting, value, range) in ranges {
            if !range.contains(&value) {
                let text = format!("use um número de {} a {}", range.start(), range.end());
                problems.push(Problem::new(setting, text));
            }
        }
        if self.default_account.as_deref().is_some_and(|name| name.trim().is_empty()) {
            problems
                .push(Problem::new("default_account", "informe o nome de uma conta, ou retire o parâmetro"));
        }
        problems
    }

    /// What of the settings asks for something that the secret does not have; empty when they fit.
    pub fn problems_with(&self, credentials: &Credentials) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(name) =
            self.default_account.as_ref().filter(|name| !credentials.sismetro.contains_key(*name))
        {
            let text = format!("o segredo não tem a conta \"{name}\"");
            problems.push(Problem::new("default_account", text));
        }
        if self.senior.url_style == UrlStyle::Gateway && credentials.senior.client_id.is_none() {
            let text = "com url_style = gateway o segredo precisa de senior.client_id";
            problems.push(Problem::new("senior.url_style", text));
        }
        if self.require_signature && credentials.inbound.hmac.is_empty() {
            let text = "o segredo não tem a chave das assinaturas (inbound.hmac): ninguém entraria";
            problems.push(Problem::new("require_signature", text));
        }
        problems
    }

    /// The settings in `document`; a knob that is misspelt or of another type is named.
    pub fn read(document: &serde_json::Value) -> Result<Self, SetupError> {
        // The format first: an unknown one would fail on a member and blame the wrong thing.
        let format = document.get("format").map_or(Some(u64::from(FORMAT)), serde_json::Value::as_u64);
        if format.is_none_or(|format| format > u64::from(FORMAT)) {
            let text = format!("esta versão só lê até o formato {FORMAT}: atualize a aplicação");
            return Err(SetupError::Incomplete(vec![Problem::new("format", text)]));
        }
        let settings: Self = serde_path_to_error::deserialize(document).map_err(|error| {
            let knob = error.path().to_string();
            let text = format!("não foi aceito ({}): corrija-o ou retire-o", spoken(error.inner()));
            SetupError::Incomplete(vec![Problem::new(knob, text)])
        })?;
        settings.refuse_problems()?;
        Ok(settings)
    }

    /// The stored settings, refused when they have [problems](Self::problems); none when none are stored yet.
    pub async fn load(state: &impl Documents) -> Result<Option<(Self, u64)>, SetupError> {
        match state.get(KIND, ID).await? {
            Some(document) => Ok(Some((Self::read(&document.body)?, document.version))),
            None => Ok(None),
        }
    }

    /// Stores the settings if they have no problems and what is stored is as `expected`; gives the new version.
    pub async fn save(&self, state: &impl Documents, expected: Expected) -> Result<u64, SetupError> {
        self.refuse_problems()?;
        let settings = Self { format: FORMAT, ..self.clone() };
        let body = serde_json::to_value(&settings).expect("settings have text keys and finite numbers");
        Ok(state.put(KIND, ID, &body, expected, None).await?)
    }

    fn refuse_problems(&self) -> Result<(), SetupError> {
        let problems = self.problems();
        if problems.is_empty() { Ok(()) } else { Err(SetupError::Incomplete(problems)) }
    }
}

#[cfg(test)]
mod tests {
    use clock::Clock;
    use engine::Memory;
    use serde_json::json;

    use super::*;

    fn told(document: &serde_json::Value) -> String {
        Settings::read(document).expect_err("it is wrong").to_string()
    }

    #[test]
    fn what_is_not_named_has_its_default() {
        let settings = Settings::read(&json!({"senior": {"tenant_name": "acme"}})).expect("good settings");

        assert!(settings.verify_callbacks && !settings.auto_resend && !settings.default_branch_active);
        assert_eq!((settings.scan_pages, settings.tenant()), (6, "acme"));
    }

    #[test]
    fn a_bad_knob_is_named_wherever_it_is() {
        for (document, knob) in [
            (json!({}), "senior.tenant_name"),
            (json!({"senior": {"tenant_name": "acme", "rate_per_second": 0}}), "senior.rate_per_second"),
            (
                json!({"senior": {"tenant_name": "acme"}, "sismetro": {"reads_per_minute": 0}}),
                "sismetro.reads_per_minute",
            ),
            (json!({"senior": {"tenant_name": "acme"}, "scan_pages": 21}), "scan_pages"),
            (json!({"cancel_strategy": "hope"}), "cancel_strategy"),
            (json!({"sismetro": {"open_body_mode": 7}}), "sismetro.open_body_mode"),
            (json!({"nonsense": 1}), "nonsense"),
            (json!({"format": 99}), "format"),
        ] {
            let told = told(&document);
            assert!(told.contains(knob), "{knob}: {told}");
        }
    }

    #[test]
    fn what_the_secret_lacks_is_named() {
        let settings = Settings {
            default_account: Some("outra".to_owned()),
            require_signature: true,
            ..Settings::default()
        };
        let text = r#"{"senior": {"access_key": "K", "secret": "S"}, "sismetro": {}}"#;
        let credentials = Credentials::parse(text).expect("good credentials");

        let problems = settings.problems_with(&credentials);

        let named: Vec<&str> = problems.iter().map(|problem| problem.setting.as_str()).collect();
        assert_eq!(named, ["default_account", "senior.url_style", "require_signature"]);
    }

    #[tokio::test(start_paused = true)]
    async fn settings_survive_being_stored() {
        let state = Memory::new(Clock::paused("2026-11-22T08:00:00Z".parse().expect("an instant")));
        let settings = Settings {
            default_account: Some("principal".to_owned()),
            senior: SeniorOptions { tenant_name: "acme".to_owned(), ..SeniorOptions::default() },
            ..Settings::default()
        };

        settings.save(&state, Expected::Absent).await.expect("stored");

        assert_eq!(Settings::load(&state).await.expect("read"), Some((settings, 1)));
    }
}
