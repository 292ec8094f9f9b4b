"""What the stack keeps is encrypted and outlives it; what it logs does not live for ever."""

import json

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
    (secret,) = expansion.of_type("AWS::SecretsManager::Secret").values()
    generated = secret["Properties"]["GenerateSecretString"]

    assert secret["DeletionPolicy"] == secret["UpdateReplacePolicy"] == "Retain"
    assert "SecretString" not in secret["Properties"]
    assert json.loads(generated["SecretStringTemplate"]) == {
        "omie": {"app_key": "", "app_secret": ""},
        "maxima": {"login": "", "password": ""},
    }
    # A segment of a path: 43 letters and digits are more than 250 bits.
    assert (generated["GenerateStringKey"], generated["PasswordLength"]) == ("webhook", 43)
    assert generated["ExcludePunctuation"] is True


def test_dead_letters_are_encrypted_kept_two_weeks_and_watched(expanded):
    queue = expanded["Resources"]["DeadLetters"]["Properties"]
    alarm = expanded["Resources"]["DeadLettersAlarm"]["Properties"]

    assert queue["SqsManagedSseEnabled"] is True
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["DeadLetters", "QueueName"]}}]


def test_only_our_rule_may_leave_events_among_the_dead_letters(expanded):
    policy = expanded["Resources"]["DeadLettersPolicy"]["Properties"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    (rule,) = expansion.of_type("AWS::Events::Rule").values()

    assert policy["Queues"] == [{"Ref": "DeadLetters"}]
    assert (statement["Principal"], statement["Action"]) == ({"Service": "events.amazonaws.com"}, "sqs:SendMessage")
    (named,) = statement["Condition"]["ArnEquals"].values()
    assert named["Fn::Sub"].endswith(":rule/" + rule["Properties"]["Name"]["Fn::Sub"])


def test_every_log_has_an_end():
    for log in expansion.of_type("AWS::Logs::LogGroup").values():
        assert log["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_alarms_tell_someone_only_when_there_is_someone():
    for alarm in expansion.of_type("AWS::CloudWatch::Alarm").values():
        assert alarm["Properties"]["AlarmActions"] == {
            "Fn::If": ["HasAlarmEmail", [{"Ref": "AlarmTopic"}], {"Ref": "AWS::NoValue"}]
        }


def test_switching_the_integration_off_leaves_only_what_is_shared(expanded):
    shared = {
        name for name, resource in expanded["Resources"].items() if resource.get("Condition") != "HasOmieMaxima"
    }

    assert shared == {
        "AlarmTopic",
        "DeadLetters",
        "DeadLettersAlarm",
        "FunctionBoundary",
        "HttpApi",
        "HttpApiApiGatewayDefaultStage",
        "HttpApiLogs",
        "SchedulerRole",
        "Table",
    }
