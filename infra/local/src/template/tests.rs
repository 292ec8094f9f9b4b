use std::collections::BTreeMap;

use super::*;

fn read(text: &str) -> Result<Template, Broken> {
    let document = serde_yaml_ng::from_str(text).expect("YAML");
    Template::of(&document, &BTreeMap::from([("Tenant".to_owned(), "demo".to_owned())]))
}

/// The head of every template of these tests.
const HEAD: &str = r#"
Parameters:
  Tenant: { Type: String }
  On: { Type: String, Default: "on" }
  Level: { Type: String, Default: info }
Conditions:
  IsOn: !Equals [!Ref On, "on"]
  IsOff: !Not [!Condition IsOn]
Globals:
  Function:
    Timeout: 900
    MemorySize: 256
    Environment: { Variables: { LEVEL: !Ref Level, TABLE: !Ref Table } }
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub ponte-${Tenant}
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      TimeToLiveSpecification: { AttributeName: ttl, Enabled: true }
"#;

fn with(resource: &str) -> Result<Template, Broken> {
    let indented: Vec<_> = resource.lines().map(|line| format!("  {line}")).collect();
    read(&format!("{HEAD}{}\n", indented.join("\n")))
}

const FUNCTION: &str = r#"
Sync:
  Type: AWS::Serverless::Function
  Condition: IsOn
  Metadata: { BuildProperties: { Binary: sync } }
  Properties:
    FunctionName: !Sub ponte-${Tenant}-sync
    Timeout: 60
    Environment: { Variables: { LEVEL: !If [IsOff, loud, quiet], SECRET: !Ref Keys } }
    Events:
      Daily:
        Type: ScheduleV2
        Properties:
          Name: !Join ["-", [ponte, !Ref Tenant, daily]]
          ScheduleExpression: rate(6 hours)
          ScheduleExpressionTimezone: America/Sao_Paulo
          Input: '{"trigger":"schedule"}'
      Hook: { Type: HttpApi, Properties: { Method: post, Path: "/hooks/{id}" } }
      News:
        Type: EventBridgeRule
        Properties:
          RuleName: !Sub ponte-${Tenant}-news
          Pattern: { source: [!Sub "ponte.${Tenant}"], detail-type: [news] }
          Input: '{"trigger":"news"}'
Keys:
  Type: AWS::SecretsManager::Secret
  Properties: { Name: ponte/demo, SecretString: "{}" }
"#;

#[test]
fn a_function_has_its_own_values_over_the_globals() {
    let template = with(FUNCTION).expect("a template");

    let function = &template.functions[0];
    assert_eq!((function.name.as_str(), function.binary.as_str()), ("ponte-demo-sync", "sync"));
    assert_eq!((function.memory_mb, function.timeout.as_secs()), (256, 60));
    let variables: Vec<_> = function.environment.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let arn = "arn:aws:secretsmanager:sa-east-1:000000000000:secret:ponte/demo";
    assert_eq!(variables, [("LEVEL", "quiet"), ("SECRET", arn), ("TABLE", "ponte-demo")]);
}

#[test]
fn events_become_schedules_routes_and_rules() {
    let template = with(FUNCTION).expect("a template");

    let schedule = &template.schedules[0];
    assert_eq!(schedule.name, "ponte-demo-daily");
    assert_eq!(schedule.input, serde_json::json!({ "trigger": "schedule" }));
    let route =
        Route { method: "POST".into(), path: "/hooks/{id}".into(), function: "ponte-demo-sync".into() };
    assert_eq!(template.routes, [route]);
    let rule = Rule {
        name: "ponte-demo-news".into(),
        sources: vec!["ponte.demo".into()],
        kinds: vec!["news".into()],
        details: Vec::new(),
        input: Some(serde_json::json!({ "trigger": "news" })),
        function: "ponte-demo-sync".into(),
    };
    assert_eq!(template.rules, [rule]);
}

#[test]
fn a_secret_that_is_generated_has_the_template_for_its_placeholder() {
    let generated = "GenerateSecretString: { GenerateStringKey: k, SecretStringTemplate: '{\"a\":\"\"}' }";

    let template = with(&FUNCTION.replace("SecretString: \"{}\"", generated)).expect("a template");

    let secret = &template.secrets[0];
    assert_eq!(secret.placeholder, "{\"a\":\"\"}");
    assert_eq!(
        secret.first(|length| "x".repeat(length)),
        format!("{{\"a\":\"\",\"k\":\"{}\"}}", "x".repeat(32))
    );
    let written = with(FUNCTION).expect("a template");
    assert_eq!(written.secrets[0].first(|_| "x".to_owned()), "{}", "nothing is generated");
}

#[test]
fn a_rule_may_say_how_a_text_of_the_detail_begins() {
    let pattern = "detail: { a: [b, { prefix: !Sub \"x-${Tenant}-\" }] }";

    let template = with(&FUNCTION.replace("detail-type: [news]", pattern)).expect("a template");

    let wanted = vec![Wanted::Is("b".to_owned()), Wanted::Begins("x-demo-".to_owned())];
    assert_eq!(template.rules[0].details, [("a".to_owned(), wanted)]);
}

#[test]
fn a_table_keeps_its_keys_and_its_time_to_live() {
    let template = read(HEAD).expect("a template");

    assert_eq!(template.tables[0].ttl.as_deref(), Some("ttl"));
    assert_eq!(template.tables[0].create["KeySchema"][0]["AttributeName"], "pk");
}

#[test]
fn a_resource_whose_condition_does_not_hold_is_not_there() {
    let template = with(&FUNCTION.replace("IsOn", "IsOff")).expect("a template");

    assert!(template.functions.is_empty() && template.schedules.is_empty());
}

#[test]
fn what_is_not_supported_is_refused_with_its_logical_id() {
    let queue = |name: &str| format!("Q:\n  Type: AWS::SQS::Queue\n  Properties: {{ QueueName: {name} }}");
    let cases = [
        (queue("!Select [0, [a]]"), "Q", "!Select"),
        (queue("!GetAtt Table.StreamArn"), "Q", "Table.StreamArn"),
        (queue("!Sub \"${Nobody}\""), "Q", "Nobody"),
        (queue("!If [Never, a, b]"), "Q", "Never"),
        ("V:\n  Type: AWS::EC2::VPC".to_owned(), "V", "AWS::EC2::VPC"),
        (FUNCTION.replace("HttpApi", "SQS"), "Sync, evento Hook", "SQS"),
        (FUNCTION.replace("Binary", "Artifact"), "Sync", "Binary"),
        (FUNCTION.replace("'{\"trigger\":\"schedule\"}'", "'{'"), "Sync, evento Daily", "Input"),
        (
            FUNCTION.replace("detail-type: [news]", "detail: { a: [{ exists: true }] }"),
            "Sync, evento News",
            "Pattern.detail.a",
        ),
        (
            FUNCTION.replace("detail-type: [news]", "detail-type: news"),
            "Sync, evento News",
            "Pattern.detail-type",
        ),
        (FUNCTION.replace("source: [!Sub", "sources: [!Sub"), "Sync, evento News", "Pattern.sources"),
    ];
    for (resource, at, named) in cases {
        let broken = with(&resource).expect_err(named);
        assert_eq!(broken.at, at, "{broken}");
        assert!(broken.what.contains(named), "{broken}");
    }
}

#[test]
fn a_parameter_without_a_value_is_named() {
    let document = serde_yaml_ng::from_str(HEAD).expect("YAML");

    let broken = Template::of(&document, &BTreeMap::new()).expect_err("Tenant has no default");

    assert!(broken.what.contains("Tenant"), "{broken}");
}

#[test]
fn the_real_template_and_its_state_machine_are_understood() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let parameters = BTreeMap::from([("Tenant".to_owned(), "demo".to_owned())]);

    let template = Template::read(&root.join("template.yaml"), &parameters).expect("the template");

    assert!(template.functions.len() >= 12, "{}", template.functions.len());
    for machine in &template.machines {
        let definition = Template::definition(machine, &root).expect("the definition");
        crate::asl::parse(&definition).expect("a machine");
    }
    assert!(!template.rules.is_empty() && !template.routes.is_empty());
    let console = template.console_secret().expect("the console's keys");
    assert_eq!(console.name, "ponte/demo/console");
    let others: Vec<_> = template.credentials().map(|secret| secret.name.as_str()).collect();
    assert_eq!(others, ["ponte/demo/omie-maxima"]);
    for path in ["/console", "/console/{proxy+}"] {
        assert!(template.routes.iter().any(|route| route.method == "ANY" && route.path == path), "{path}");
    }
    for schedule in &template.schedules {
        schedules::Recurrence::parse(&schedule.expression, &schedule.timezone).expect("an expression");
    }
}
