//! `!Ref`, `!Sub`, `!GetAtt`, `!Join`, `!If`: from YAML with CloudFormation's functions to plain JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use serde_yaml_ng::{Mapping, Value as Yaml};

use super::{ACCOUNT, Broken, REGION};

/// A template document with the values of its parameters: knows what a reference stands for.
pub(super) struct References<'a> {
    pub(super) document: &'a Yaml,
    parameters: BTreeMap<String, String>,
}

impl<'a> References<'a> {
    pub(super) fn of(document: &'a Yaml, given: &BTreeMap<String, String>) -> Result<Self, Broken> {
        let mut parameters = given.clone();
        let declared = document.get("Parameters").and_then(Yaml::as_mapping);
        for (name, body) in declared.into_iter().flatten() {
            let name = name.as_str().unwrap_or_default();
            let Some(value) = given.get(name).cloned().or_else(|| body.get("Default").and_then(scalar))
            else {
                return Err(Broken::new("Parameters", format!("o parâmetro {name} não tem valor")));
            };
            parameters.insert(name.to_owned(), value);
        }
        if let Some(unknown) =
            given.keys().find(|name| declared.is_none_or(|all| !all.contains_key(name.as_str())))
        {
            return Err(Broken::new("Parameters", format!("o parâmetro {unknown} não existe")));
        }
        Ok(Self { document, parameters })
    }

    /// The resources whose condition holds: logical id, type, body.
    pub(super) fn resources(&self) -> Result<Vec<(&'a str, &'a str, &'a Yaml)>, Broken> {
        let all = self.document.get("Resources").and_then(Yaml::as_mapping);
        let all = all.ok_or_else(|| Broken::new("Resources", "falta a seção"))?;
        let mut found = Vec::new();
        for (id, body) in all {
            let id = id.as_str().unwrap_or_default();
            let kind = body.get("Type").and_then(Yaml::as_str);
            let kind = kind.ok_or_else(|| Broken::new(id, "falta Type"))?;
            let exists = match body.get("Condition").and_then(Yaml::as_str) {
                Some(name) => self.condition(id, name)?,
                None => true,
            };
            if exists {
                found.push((id, kind, body));
            }
        }
        Ok(found)
    }

    /// The value with its references resolved; nothing for `AWS::NoValue`. `at` is where it stands.
    pub(super) fn resolve(&self, at: &str, value: &Yaml) -> Result<Option<Json>, Broken> {
        Ok(Some(match value {
            Yaml::Null => Json::Null,
            Yaml::Bool(truth) => Json::Bool(*truth),
            Yaml::String(text) => Json::String(text.clone()),
            Yaml::Number(number) => serde_json::to_value(number).unwrap_or(Json::Null),
            Yaml::Sequence(items) => {
                let items = items.iter().filter_map(|item| self.resolve(at, item).transpose());
                Json::Array(items.collect::<Result<_, _>>()?)
            }
            Yaml::Mapping(fields) => match long_form(fields) {
                Some((function, argument)) => return self.call(at, function, argument),
                None => Json::Object(self.fields(at, fields)?),
            },
            Yaml::Tagged(tagged) => {
                let tag = tagged.tag.to_string();
                return self.call(at, tag.trim_start_matches('!'), &tagged.value);
            }
        }))
    }

    fn fields(&self, at: &str, fields: &Mapping) -> Result<Map<String, Json>, Broken> {
        let mut object = Map::new();
        for (name, value) in fields {
            let name =
                name.as_str().ok_or_else(|| Broken::new(at, format!("a chave {name:?} não é texto")))?;
            if let Some(value) = self.resolve(at, value)? {
                object.insert(name.to_owned(), value);
            }
        }
        Ok(object)
    }

    fn call(&self, at: &str, function: &str, argument: &Yaml) -> Result<Option<Json>, Broken> {
        let misfit = || Broken::new(at, format!("não entendo o argumento de !{function}"));
        match (function, argument) {
            ("Ref", Yaml::String(name)) if name == "AWS::NoValue" => Ok(None),
            ("Ref", Yaml::String(name)) => self.reference(at, name).map(Json::String).map(Some),
            ("GetAtt", Yaml::String(path)) => {
                let (id, attribute) = path.split_once('.').ok_or_else(misfit)?;
                self.attribute(at, id, attribute).map(Json::String).map(Some)
            }
            ("Sub", Yaml::String(text)) => self.substitute(at, text).map(Json::String).map(Some),
            ("Join", Yaml::Sequence(parts)) => {
                let [Yaml::String(between), items] = parts.as_slice() else { return Err(misfit()) };
                let items = self.resolve(at, items)?;
                let texts = items.as_ref().and_then(Json::as_array).ok_or_else(misfit)?;
                let texts = texts.iter().map(|text| text.as_str().ok_or_else(misfit));
                Ok(Some(Json::String(texts.collect::<Result<Vec<_>, _>>()?.join(between))))
            }
            ("If", Yaml::Sequence(parts)) => {
                let [Yaml::String(condition), yes, no] = parts.as_slice() else { return Err(misfit()) };
                self.resolve(at, if self.condition(at, condition)? { yes } else { no })
            }
            ("Ref" | "GetAtt" | "Sub" | "Join" | "If", _) => Err(misfit()),
            (other, _) => Err(Broken::new(at, format!("a função !{other} não é suportada"))),
        }
    }

    /// What `!Ref` gives: a parameter's value, or what CloudFormation gives for that type of resource.
    pub(super) fn reference(&self, at: &str, name: &str) -> Result<String, Broken> {
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        match name {
            "AWS::Region" => Ok(REGION.to_owned()),
            "AWS::AccountId" => Ok(ACCOUNT.to_owned()),
            "AWS::Partition" => Ok("aws".to_owned()),
            "AWS::URLSuffix" => Ok("amazonaws.com".to_owned()),
            "AWS::StackName" => Ok("ponte-local".to_owned()),
            id => match self.kind(at, id)? {
                "AWS::SecretsManager::Secret"
                | "AWS::Serverless::StateMachine"
                | "AWS::IAM::ManagedPolicy" => self.attribute(at, id, "Arn"),
                _ => self.name(id),
            },
        }
    }

    fn attribute(&self, at: &str, id: &str, attribute: &str) -> Result<String, Broken> {
        let kind = self.kind(at, id)?;
        let name = self.name(id)?;
        let arn =
            |service: &str, resource: String| format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}");
        Ok(match (kind, attribute) {
            ("AWS::Serverless::Function", "Arn") => arn("lambda", format!("function:{name}")),
            ("AWS::DynamoDB::Table", "Arn") => arn("dynamodb", format!("table/{name}")),
            ("AWS::SecretsManager::Secret", "Arn" | "Id") => arn("secretsmanager", format!("secret:{name}")),
            ("AWS::Serverless::StateMachine", "Arn") => arn("states", format!("stateMachine:{name}")),
            ("AWS::SQS::Queue", "QueueName") => name,
            // Of what has no effect here any attribute will do: it only ends up in what has none either.
            (kind, attribute) if super::resources::is_without_effect(kind) => format!("{id}.{attribute}"),
            _ => return Err(Broken::new(at, format!("!GetAtt {id}.{attribute} não é suportado"))),
        })
    }

    /// The property that names a resource, or its logical id.
    fn name(&self, id: &str) -> Result<String, Broken> {
        let properties = self.document["Resources"][id].get("Properties");
        let named = ["FunctionName", "TableName", "QueueName", "LogGroupName", "TopicName", "Name"]
            .iter()
            .find_map(|key| properties?.get(key));
        let resolved = named.map(|name| self.resolve(id, name)).transpose()?.flatten();
        Ok(resolved.as_ref().and_then(Json::as_str).unwrap_or(id).to_owned())
    }

    fn kind(&self, at: &str, id: &str) -> Result<&str, Broken> {
        let kind =
            self.document["Resources"].get(id).and_then(|body| body.get("Type")).and_then(Yaml::as_str);
        kind.ok_or_else(|| Broken::new(at, format!("a referência {id} não leva a nada")))
    }

    fn substitute(&self, at: &str, text: &str) -> Result<String, Broken> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) =
                after.split_once('}').ok_or_else(|| Broken::new(at, format!("!Sub sem }} em {text:?}")))?;
            out.push_str(before);
            match (name.strip_prefix('!'), name.split_once('.')) {
                (Some(literal), _) => out.extend(["${", literal, "}"]),
                (None, Some((id, attribute))) => out.push_str(&self.attribute(at, id, attribute)?),
                (None, None) => out.push_str(&self.reference(at, name)?),
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// `{Ref: x}` or `{"Fn::Sub": x}`.
fn long_form(fields: &Mapping) -> Option<(&str, &Yaml)> {
    let (name, argument) = fields.iter().next().filter(|_| fields.len() == 1)?;
    match name.as_str()? {
        "Ref" => Some(("Ref", argument)),
        name => Some((name.strip_prefix("Fn::")?, argument)),
    }
}

fn scalar(value: &Yaml) -> Option<String> {
    match value {
        Yaml::String(text) => Some(text.clone()),
        Yaml::Number(number) => Some(number.to_string()),
        Yaml::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}
