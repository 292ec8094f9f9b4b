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
    /// `Input`, which the function gets; none: the event itself.
    pub input: Option<Value>,
    /// The name of its function.
    pub function: String,
}
