//! What the runner needs to know of a template.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

/// A template, read and resolved.
#[derive(Clone, Debug, Default)]
pub struct Template {
    /// `AWS::Serverless::Function`.
    pub functions: Vec<Function>,
    /// `AWS::DynamoDB::Table`.
    pub tables: Vec<Table>,
    /// `AWS::SecretsManager::Secret`.
    pub secrets: Vec<Secret>,
    /// `AWS::Serverless::StateMachine`.
    pub machines: Vec<Machine>,
    /// `HttpApi` events of the functions.
    pub routes: Vec<Route>,
    /// `ScheduleV2` events of the functions.
    pub schedules: Vec<Schedule>,
    /// `EventBridgeRule` events of the functions.
    pub rules: Vec<Rule>,
}

/// The variable in which a function is told its secret.
const SECRET: &str = "PONTE_SECRET";
/// The binary of the console.
const CONSOLE: &str = "console";

impl Template {
    /// The secret with the console's access keys; none where there is no console.
    pub fn console_secret(&self) -> Option<&Secret> {
        let console = self.functions.iter().find(|function| function.binary == CONSOLE)?;
        let name = console.environment.get(SECRET)?.rsplit(":secret:").next()?;
        self.secrets.iter().find(|secret| secret.name == name)
    }

    /// The secrets with the partners' credentials.
    pub fn credentials(&self) -> impl Iterator<Item = &Secret> {
        let console = self.console_secret().map(|secret| &secret.name);
        self.secrets.iter().filter(move |secret| Some(&secret.name) != console)
    }
}

/// One Lambda function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// `FunctionName`.
    pub name: String,
    /// `Metadata.BuildProperties.Binary`: the cargo binary that is its bootstrap.
    pub binary: String,
    /// `MemorySize`, in MB.
    pub memory_mb: u32,
    /// `Timeout`.
    pub timeout: Duration,
    /// `Environment.Variables`, those of `Globals` included.
    pub environment: BTreeMap<String, String>,
}

/// One DynamoDB table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// `TableName`.
    pub name: String,
    /// The body of a `CreateTable` call.
    pub create: Value,
    /// The attribute of its time to live.
    pub ttl: Option<String>,
}

/// One secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// `Name`.
    pub name: String,
    /// `SecretString`, or `SecretStringTemplate` of one that CloudFormation generates: the placeholder.
    pub placeholder: String,
    /// The member that CloudFormation fills with a random text, and how long that is.
    pub generated: Option<(String, usize)>,
}

impl Secret {
    /// What the deployed stack would begin with, `random` being asked for a text of that length.
    pub fn first(&self, random: impl FnOnce(usize) -> String) -> String {
        let members = serde_json::from_str(&self.placeholder);
        let (Some((member, length)), Ok(Value::Object(mut members))) = (&self.generated, members) else {
            return self.placeholder.clone();
        };
        members.insert(member.clone(), random(*length).into());
        Value::Object(members).to_string()
    }
}

/// One state machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// `Name`.
    pub name: String,
    /// `DefinitionUri`, from the template's folder.
    pub definition: String,
    /// `DefinitionSubstitutions`.
    pub substitutions: BTreeMap<String, String>,
}

/// One route of the HTTP API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// `GET`, `POST` … or `ANY`.
    pub method: String,
    /// `/webhooks/{tenant}`, `/console/{proxy+}`.
    pub path: String,
    /// The name of its function.
    pub function: String,
}

/// One schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// `Name`.
    pub name: String,
    /// `ScheduleExpression`.
    pub expression: String,
    /// `ScheduleExpressionTimezone`, `UTC` when it says none.
    pub timezone: String,
    /// `Input`.
    pub input: Value,
    /// The name of its function.
    pub function: String,
    /// `State: ENABLED`.
    pub enabled: bool,
}

/// One rule of the default event bus: which events start a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `RuleName`.
    pub name: String,
    /// `Pattern.source`: any of these.
    pub sources: Vec<String>,
    /// `Pattern.detail-type`: any of these; empty: any at all.
    pub kinds: Vec<String>,
    /// `Pattern.detail`: each of these members any of these; empty: whatever it says.
    pub details: Vec<(String, Vec<Wanted>)>,
    /// `Input`, which the function gets; none: the event itself.
    pub input: Option<Value>,
    /// The name of its function.
    pub function: String,
}

/// What a text of an event must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This.
    Is(String),
    /// What begins so: `prefix`.
    Begins(String),
}

impl Wanted {
    /// Whether this text is it.
    pub fn fits(&self, text: &str) -> bool {
        match self {
            Self::Is(wanted) => text == wanted,
            Self::Begins(wanted) => text.starts_with(wanted.as_str()),
        }
    }
}
