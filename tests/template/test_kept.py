"""What the stack keeps is encrypted and outlives it; what it logs does not live for ever."""

import json
import re

import expansion


def test_the_table_is_encrypted_recoverable_and_retained(expanded):
    table = expanded["Resources"]["Table"]

    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    assert table["Properties"]["SSESpecification"] == {"SSEEnabled": True}
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["Properties"]["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
    assert [(key["AttributeName"], key["KeyType"]) for key in table["Properties"]["KeySchema"]] == [
        ("pk", "HASH"),
        ("sk", "RANGE"),
    ]


def test_the_secret_is_a_retained_placeholder_with_a_webhook_secret_that_nobody_chose():
    secrets = expansion.of_type("AWS::SecretsManager::Secret")
    generated = secrets["OmieMaximaSecret"]["Properties"]["GenerateSecretString"]

    for secret in secrets.values():
        assert secret["DeletionPolicy"] == secret["UpdateReplacePolicy"] == "Retain"
        assert "SecretString" not in secret["Properties"]
    assert json.loads(generated["SecretStringTemplate"]) == {
        "omie": {"app_key": "", "app_secret": ""},
        "maxima": {"login": "", "password": ""},
    }
    # A segment of a path: 43 letters and digits are more than 250 bits.
    assert (generated["GenerateStringKey"], generated["PasswordLength"]) == ("webhook", 43)
    assert generated["ExcludePunctuation"] is True


def test_the_doors_of_the_service_orders_have_a_secret_each_that_nobody_chose():
    """shared/service-orders/src/credentials.rs: the halves of one, so that neither partner knows the other's."""
    secret = expansion.of_type("AWS::SecretsManager::Secret")["SeniorSismetroSecret"]
    generated = secret["Properties"]["GenerateSecretString"]

    assert json.loads(generated["SecretStringTemplate"]) == {
        "senior": {"access_key": "", "secret": "", "client_id": ""},
        "sismetro": {"principal": {"unit": "", "key": ""}},
    }
    assert (generated["GenerateStringKey"], generated["PasswordLength"]) == ("webhook", 2 * 43)
    assert generated["ExcludePunctuation"] is True


def test_a_key_for_the_console_is_made_at_deploy_and_the_one_for_reading_is_not():
    """functions/console/src/access/keys.rs: one that is empty lets nobody in. CloudFormation makes one value per secret."""
    secret = expansion.of_type("AWS::SecretsManager::Secret")["ConsoleSecret"]
    generated = secret["Properties"]["GenerateSecretString"]

    assert json.loads(generated["SecretStringTemplate"]) == {"read": ""}
    assert (generated["GenerateStringKey"], generated["PasswordLength"]) == ("operate", 43)
    assert generated["ExcludePunctuation"] is True


def test_dead_letters_are_encrypted_kept_two_weeks_and_watched(expanded):
    queue = expanded["Resources"]["DeadLetters"]["Properties"]
    alarm = expanded["Resources"]["DeadLettersAlarm"]["Properties"]

    assert queue["SqsManagedSseEnabled"] is True
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["DeadLetters", "QueueName"]}}]


def test_only_our_rules_may_leave_events_among_the_dead_letters(expanded):
    policy = expanded["Resources"]["DeadLettersPolicy"]["Properties"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    rules = expansion.of_type("AWS::Events::Rule").values()

    assert policy["Queues"] == [{"Ref": "DeadLetters"}]
    assert (statement["Principal"], statement["Action"]) == ({"Service": "events.amazonaws.com"}, "sqs:SendMessage")
    named = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert sorted(source["Fn::Sub"].split(":rule/")[1] for source in named) == sorted(
        rule["Properties"]["Name"]["Fn::Sub"] for rule in rules
    )


def test_every_log_has_an_end():
    for log in expansion.of_type("AWS::Logs::LogGroup").values():
        assert log["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_alarms_tell_someone_only_when_there_is_someone():
    for alarm in expansion.of_type("AWS::CloudWatch::Alarm").values():
        assert alarm["Properties"]["AlarmActions"] == {
            "Fn::If": ["HasAlarmEmail", [{"Ref": "AlarmTopic"}], {"Ref": "AWS::NoValue"}]
        }


def test_switching_both_integrations_off_leaves_only_what_is_shared_and_the_console():
    assert set(expansion.there(set())) == {
        "AlarmTopic",
        "Console",
        "ConsoleAlarms",
        "ConsoleAlarmsPermission",
        "ConsoleEventInvokeConfig",
        "ConsoleFailingAlarm",
        "ConsoleFirstPagePermission",
        "ConsoleLogs",
        "ConsolePagesPermission",
        "ConsolePolicy",
        "ConsoleRole",
        "ConsoleSecret",
        "DeadLetters",
        "DeadLettersAlarm",
        "DeadLettersPolicy",
        "FunctionBoundary",
        "HttpApi",
        "HttpApiApiGatewayDefaultStage",
        "HttpApiFailingAlarm",
        "HttpApiLogs",
        "SchedulerRole",
        "Table",
    }


def test_one_integration_is_whole_without_the_other():
    """Nothing that is there names what is not: a Ref to a resource that a condition leaves out fails the deployment."""
    everything = set(expansion.expanded()["Resources"])
    for on in ({"OmieMaxima"}, {"SeniorSismetro"}, {"OmieMaxima", "SeniorSismetro"}, set()):
        there = expansion.there(on)
        for name, resource in there.items():
            missing = (named(expansion.chosen(resource, on)) & everything) - set(there)
            assert not missing, f"{on or 'nothing'} on: {name} names {missing}"
        for name, output in expansion.expanded()["Outputs"].items():
            if expansion.holds(output.get("Condition"), on):
                assert named(output["Value"]) & everything <= set(there), name


def named(value) -> set:
    """The logical ids that a value refers to."""
    if isinstance(value, list):
        return set().union(*map(named, value))
    if not isinstance(value, dict):
        return set()
    found = set().union(*map(named, value.values()))
    for function, argument in value.items():
        if function == "Ref":
            found.add(argument)
        elif function == "Fn::GetAtt":
            found.add(argument[0] if isinstance(argument, list) else argument.split(".")[0])
        elif function == "Fn::Sub":
            text = argument[0] if isinstance(argument, list) else argument
            found |= {name.split(".")[0] for name in re.findall(r"\$\{([\w.]+)\}", text)}
    return found


def test_the_service_orders_are_functions_routes_schedules_and_one_secret():
    only = set(expansion.there({"SeniorSismetro"})) - set(expansion.there(set()))
    kinds = {name: expansion.expanded()["Resources"][name]["Type"] for name in only}

    assert {name for name, kind in kinds.items() if kind == "AWS::Lambda::Function"} == {"SsOpen", "SsCallback"}
    assert [name for name, kind in kinds.items() if kind == "AWS::SecretsManager::Secret"] == ["SeniorSismetroSecret"]
    assert sum(kind == "AWS::Scheduler::Schedule" for kind in kinds.values()) == 3
    assert sum(kind == "AWS::Events::Rule" for kind in kinds.values()) == 2
