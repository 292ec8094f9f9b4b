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


def test_the_secret_is_a_retained_placeholder():
    (secret,) = expansion.of_type("AWS::SecretsManager::Secret").values()
    fields = json.loads(secret["Properties"]["SecretString"])

    assert secret["DeletionPolicy"] == secret["UpdateReplacePolicy"] == "Retain"
    assert fields == {"omie": {"app_key": "", "app_secret": ""}, "maxima": {"login": "", "password": ""}}


def test_dead_letters_are_encrypted_kept_two_weeks_and_watched(expanded):
    queue = expanded["Resources"]["DeadLetters"]["Properties"]
    alarm = expanded["Resources"]["DeadLettersAlarm"]["Properties"]

    assert queue["SqsManagedSseEnabled"] is True
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["DeadLetters", "QueueName"]}}]


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


def test_the_api_is_throttled_and_logs_no_query(expanded):
    stage = expanded["Resources"]["HttpApiApiGatewayDefaultStage"]["Properties"]

    assert stage["DefaultRouteSettings"] == {"ThrottlingBurstLimit": 50, "ThrottlingRateLimit": 20}
    assert "query" not in stage["AccessLogSettings"]["Format"].lower()
    assert "$context.path" not in stage["AccessLogSettings"]["Format"]
