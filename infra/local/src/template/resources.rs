//! Reads each kind of resource.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use serde_yaml_ng::Value as Yaml;

use super::references::References;
use super::{Broken, Function, Machine, Route, Rule, Schedule, Secret, Table, Template, Wanted};

/// Kinds that a single machine does without: rights, logs, alarms, queues, and the shell of the HTTP API.
pub(super) fn is_without_effect(kind: &str) -> bool {
    let families =
        ["AWS::IAM::", "AWS::Logs::", "AWS::CloudWatch::", "AWS::SNS::", "AWS::SQS::", "AWS::KMS::"];
    let kinds = [
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Stage",
        "AWS::Serverless::HttpApi",
        "AWS::Scheduler::ScheduleGroup",
    ];
    families.iter().any(|family| kind.starts_with(family)) || kinds.contains(&kind)
}

pub(super) fn read(references: &References<'_>) -> Result<Template, Broken> {
    let mut template = Template::default();
    let globals = references.document.get("Globals").and_then(|globals| globals.get("Function"));
    let globals = properties(references, "Globals", globals)?;
    for (id, kind, body) in references.resources()? {
        let own = properties(references, id, body.get("Properties"))?;
        let resource = Resource { id, own };
        match kind {
            "AWS::Serverless::Function" => function(&mut template, &resource, body, &globals)?,
            "AWS::DynamoDB::Table" => template.tables.push(resource.table()?),
            "AWS::SecretsManager::Secret" => template.secrets.push(resource.secret()?),
            "AWS::Serverless::StateMachine" => template.machines.push(resource.machine()?),
            kind if is_without_effect(kind) => {}
            other => {
                return Err(Broken::new(id, format!("o tipo {other} não é suportado pelo executor local")));
            }
        }
    }
    Ok(template)
}

fn properties(
    references: &References<'_>,
    at: &str,
    body: Option<&Yaml>,
) -> Result<Map<String, Json>, Broken> {
    let resolved = body.map(|body| references.resolve(at, body)).transpose()?.flatten();
    match resolved {
        None => Ok(Map::new()),
        Some(Json::Object(object)) => Ok(object),
        Some(_) => Err(Broken::new(at, "Properties não é um objeto")),
    }
}

fn function(
    template: &mut Template,
    resource: &Resource<'_>,
    body: &Yaml,
    globals: &Map<String, Json>,
) -> Result<(), Broken> {
    let binary = body.get("Metadata").and_then(|metadata| metadata.get("BuildProperties"));
    let binary = binary.and_then(|properties| properties.get("Binary")).and_then(Yaml::as_str);
    let binary = binary.ok_or_else(|| resource.broken("falta Metadata.BuildProperties.Binary"))?;
    let number = |name: &str| {
        let value = resource.own.get(name).or_else(|| globals.get(name));
        let number = value.and_then(Json::as_u64).and_then(|number| u32::try_from(number).ok());
        number.ok_or_else(|| resource.broken(format!("falta {name}")))
    };
    let name = resource.text("FunctionName")?;
    let mut environment = variables(resource.id, globals)?;
    environment.extend(variables(resource.id, &resource.own)?);
    events(template, resource, &name)?;
    template.functions.push(Function {
        binary: binary.to_owned(),
        memory_mb: number("MemorySize")?,
        timeout: Duration::from_secs(number("Timeout")?.into()),
        environment,
        name,
    });
    Ok(())
}

fn variables(at: &str, properties: &Map<String, Json>) -> Result<BTreeMap<String, String>, Broken> {
    let variables = properties.get("Environment").and_then(|environment| environment.get("Variables"));
    let variables = variables.and_then(Json::as_object).into_iter().flatten();
    let text = |(name, value): (&String, &Json)| match value {
        Json::String(text) => Ok((name.clone(), text.clone())),
        Json::Number(_) | Json::Bool(_) => Ok((name.clone(), value.to_string())),
        _ => Err(Broken::new(at, format!("a variável {name} não é um texto"))),
    };
    variables.map(text).collect()
}

fn events(template: &mut Template, resource: &Resource<'_>, function: &str) -> Result<(), Broken> {
    let events = resource.own.get("Events").and_then(Json::as_object).into_iter().flatten();
    for (name, event) in events {
        let at = format!("{}, evento {name}", resource.id);
        let own = event["Properties"].as_object().cloned().unwrap_or_default();
        let event_of = Resource { id: &at, own };
        match event["Type"].as_str().unwrap_or_default() {
            "ScheduleV2" => template.schedules.push(event_of.schedule(function)?),
            "EventBridgeRule" => template.rules.push(event_of.rule(function)?),
            "HttpApi" => template.routes.push(Route {
                method: event_of.text("Method")?.to_uppercase(),
                path: event_of.text("Path")?,
                function: function.to_owned(),
            }),
            other => {
                return Err(event_of.broken(format!("o tipo {other} não é suportado pelo executor local")));
            }
        }
    }
    Ok(())
}

/// One resource, or one event of a function, with its properties resolved.
struct Resource<'a> {
    id: &'a str,
    own: Map<String, Json>,
}

impl Resource<'_> {
    fn broken(&self, what: impl Into<String>) -> Broken {
        Broken::new(self.id, what)
    }

    fn text(&self, name: &str) -> Result<String, Broken> {
        self.optional(name).ok_or_else(|| self.broken(format!("falta {name}")))
    }

    fn optional(&self, name: &str) -> Option<String> {
        self.own.get(name).and_then(Json::as_str).map(str::to_owned)
    }

    fn table(&self) -> Result<Table, Broken> {
        let mut create = Map::new();
        let asked = [
            "TableName",
            "BillingMode",
            "AttributeDefinitions",
            "KeySchema",
            "GlobalSecondaryIndexes",
            "LocalSecondaryIndexes",
        ];
        for name in asked {
            if let Some(value) = self.own.get(name) {
                create.insert(name.to_owned(), value.clone());
            }
        }
        let ttl = self.own.get("TimeToLiveSpecification");
        let ttl = ttl.filter(|ttl| ttl["Enabled"] == json!(true)).map(|ttl| &ttl["AttributeName"]);
        Ok(Table {
            name: self.text("TableName")?,
            create: Json::Object(create),
            ttl: ttl.and_then(Json::as_str).map(str::to_owned),
        })
    }

    fn machine(&self) -> Result<Machine, Broken> {
        if self.own.contains_key("Events") {
            return Err(self.broken("Events de máquina de estados não são suportados pelo executor local"));
        }
        let substitutions = self.own.get("DefinitionSubstitutions").and_then(Json::as_object);
        let text = |(name, value): (&String, &Json)| {
            let value = value.as_str().ok_or_else(|| self.broken(format!("{name} não é um texto")))?;
            Ok((name.clone(), value.to_owned()))
        };
        Ok(Machine {
            name: self.text("Name")?,
            definition: self.text("DefinitionUri")?,
            substitutions: substitutions.into_iter().flatten().map(text).collect::<Result<_, Broken>>()?,
        })
    }

    fn secret(&self) -> Result<Secret, Broken> {
        let how = self.own.get("GenerateSecretString");
        let placeholder = how.and_then(|how| how["SecretStringTemplate"].as_str()).map(str::to_owned);
        let placeholder = placeholder.map_or_else(|| self.text("SecretString"), Ok)?;
        let generated = how.and_then(|how| {
            let length = how["PasswordLength"].as_u64().and_then(|length| usize::try_from(length).ok());
            // CloudFormation's own default length.
            Some((how["GenerateStringKey"].as_str()?.to_owned(), length.unwrap_or(32)))
        });
        Ok(Secret { name: self.text("Name")?, placeholder, generated })
    }

    /// A pattern is taken as far as it says where an event comes from and what kind it is, each as a list of texts.
    fn rule(&self, function: &str) -> Result<Rule, Broken> {
        let pattern = self.own.get("Pattern").and_then(Json::as_object);
        let pattern = pattern.ok_or_else(|| self.broken("falta Pattern"))?;
        let known = ["source", "detail-type", "detail"];
        if let Some(other) = pattern.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(self.broken(format!("Pattern.{other} não é suportado pelo executor local")));
        }
        let texts = |name: &str| match pattern.get(name) {
            None => Ok(Vec::new()),
            Some(list) => serde_json::from_value(list.clone())
                .map_err(|_| self.broken(format!("Pattern.{name} não é uma lista de textos"))),
        };
        let sources: Vec<String> = texts("source")?;
        if sources.is_empty() {
            return Err(self.broken("falta Pattern.source"));
        }
        Ok(Rule {
            name: self.text("RuleName")?,
            sources,
            kinds: texts("detail-type")?,
            details: self.details(pattern.get("detail"))?,
            input: self.optional("Input").map(|input| self.json("Input", &input)).transpose()?,
            function: function.to_owned(),
        })
    }

    fn details(&self, pattern: Option<&Json>) -> Result<Vec<(String, Vec<Wanted>)>, Broken> {
        let wanted = |wanted: &Json| {
            let begins =
                wanted["prefix"].as_str().filter(|_| wanted.as_object().is_some_and(|all| all.len() == 1));
            let is = wanted.as_str().map(|text| Wanted::Is(text.to_owned()));
            is.or_else(|| begins.map(|text| Wanted::Begins(text.to_owned())))
        };
        let member = |(name, list): (&String, &Json)| {
            let all: Option<Vec<_>> = list.as_array().and_then(|list| list.iter().map(wanted).collect());
            let refused =
                || self.broken(format!("Pattern.detail.{name} não é suportado pelo executor local"));
            Ok((name.clone(), all.ok_or_else(refused)?))
        };
        match pattern {
            None => Ok(Vec::new()),
            Some(Json::Object(members)) => members.iter().map(member).collect(),
            Some(_) => Err(self.broken("Pattern.detail não é um objeto")),
        }
    }

    fn json(&self, name: &str, text: &str) -> Result<Json, Broken> {
        serde_json::from_str(text)
            .map_err(|error| self.broken(format!("{name} não é um JSON válido: {error}")))
    }

    fn schedule(&self, function: &str) -> Result<Schedule, Broken> {
        let input = self.optional("Input").unwrap_or_else(|| "{}".to_owned());
        Ok(Schedule {
            name: self.text("Name")?,
            expression: self.text("ScheduleExpression")?,
            timezone: self.optional("ScheduleExpressionTimezone").unwrap_or_else(|| "UTC".to_owned()),
            input: self.json("Input", &input)?,
            function: function.to_owned(),
            enabled: self.optional("State").is_none_or(|state| state == "ENABLED"),
        })
    }
}
