"""The doors of the stack: routes for what partners push and for the console, throttled, whose log holds no secret; and the
rules that wake the workers of what came in."""

import json
import re

import pytest

import expansion
import servers

FUNCTION, WORKER = "OmieWebhook", "StatusPedidos"
# What names the request's path or query, where a webhook's secret is (API Gateway's variables of access logging).
TELLING = re.compile(r"\$context\.(path|http\.path|rawPath|queryString|requestOverride|authorizer|identity\.userAgent)")


def test_partners_push_to_these_routes_operators_have_theirs_and_there_is_no_other():
    assert expansion.routes() == {
        "POST /webhooks/omie": FUNCTION,
        "POST /webhooks/omie/{secret}": FUNCTION,
        "POST /webhooks/senior/service-order-finished": "SsOpen",
        "GET /webhooks/senior/equipment": "SsOpen",
        "POST /webhooks/sismetro/{proxy+}": "SsCallback",
        "ANY /console": "Console",
        "ANY /console/{proxy+}": "Console",
    }


@pytest.mark.parametrize(
    ("function", "paths"),
    [
        (FUNCTION, ["/POST/webhooks/omie", "/POST/webhooks/omie/*"]),
        ("SsOpen", ["/GET/webhooks/senior/equipment", "/POST/webhooks/senior/service-order-finished"]),
        ("SsCallback", ["/POST/webhooks/sismetro/*"]),
        ("Console", ["/*/console", "/*/console/*"]),
    ],
)
def test_only_these_routes_of_this_api_may_invoke_it(function, paths):
    permissions = [
        found["Properties"]
        for found in expansion.of_type("AWS::Lambda::Permission").values()
        if found["Properties"]["FunctionName"] == {"Ref": function}
        and found["Properties"]["Principal"] == "apigateway.amazonaws.com"
    ]

    sources = [permission["SourceArn"]["Fn::Sub"] for permission in permissions]
    assert sorted(source[0].split("${__Stage__}")[1] for source in sources) == paths
    assert all(source[1]["__ApiId__"] == {"Ref": "HttpApi"} for source in sources)


def test_a_function_is_invoked_by_the_api_or_by_a_rule_and_by_nobody_else():
    for found in expansion.of_type("AWS::Lambda::Permission").values():
        assert found["Properties"]["Principal"] in ("apigateway.amazonaws.com", "events.amazonaws.com")


@pytest.mark.parametrize(
    "name", ["webhook.json", "senior-webhook.json", "sismetro-callback.json", "equipment-search.json"]
)
def test_a_sample_event_is_of_its_route(name):
    sample = json.loads((servers.ROOT / "infra/events" / name).read_text())
    method, path = sample["routeKey"].split(" ")

    assert sample["routeKey"] in expansion.routes()
    assert sample["version"] == "2.0"
    assert sample["requestContext"]["routeKey"] == sample["routeKey"]
    assert sample["requestContext"]["http"]["method"] == method
    assert re.fullmatch(re.sub(r"\{\w+\+?\}", ".+", path), sample["rawPath"])


def test_the_door_is_throttled(expanded):
    stage = expanded["Resources"]["HttpApiApiGatewayDefaultStage"]["Properties"]

    assert stage["DefaultRouteSettings"] == {"ThrottlingBurstLimit": 40, "ThrottlingRateLimit": 20}


def test_the_access_log_tells_the_route_and_never_the_path_or_the_query(expanded):
    stage = expanded["Resources"]["HttpApiApiGatewayDefaultStage"]["Properties"]
    told = json.loads(stage["AccessLogSettings"]["Format"])

    assert told["route"] == "$context.routeKey"
    assert not any(TELLING.search(value) for value in told.values())


@pytest.mark.parametrize(
    ("kind", "worker", "announced"),
    [
        ("omie-webhook", WORKER, "functions/omie-maxima/src/webhook.rs"),
        ("so-open", "SsOpen", "functions/senior-sismetro/src/lib.rs"),
        ("so-close", "SsCallback", "functions/senior-sismetro/src/lib.rs"),
    ],
)
def test_a_notice_of_this_tenant_wakes_the_worker(kind, worker, announced):
    rules = expansion.of_type("AWS::Events::Rule").values()
    (rule,) = (rule for rule in rules if rule["Properties"]["EventPattern"]["detail-type"] == [kind])
    (target,) = rule["Properties"]["Targets"]

    assert rule["Properties"]["EventPattern"]["source"] == [{"Fn::Sub": "ponte.${Tenant}"}]
    assert f'"{kind}"' in (servers.ROOT / announced).read_text()
    assert target["Arn"] == {"Fn::GetAtt": [worker, "Arn"]}
    assert json.loads(target["Input"]) == json.loads((servers.ROOT / "infra/events/notice.json").read_text())
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 600, "MaximumRetryAttempts": 3}


def test_an_alarm_of_this_tenant_is_told_to_the_console():
    """functions/console/src/alarms.rs reads the event as it is."""
    rules = expansion.of_type("AWS::Events::Rule").values()
    (rule,) = (rule["Properties"] for rule in rules if rule["Properties"]["EventPattern"]["source"] == ["aws.cloudwatch"])
    (target,) = rule["Targets"]
    names = {alarm["Properties"]["AlarmName"]["Fn::Sub"] for alarm in expansion.of_type("AWS::CloudWatch::Alarm").values()}

    assert rule["EventPattern"]["detail-type"] == ["CloudWatch Alarm State Change"]
    assert rule["EventPattern"]["detail"] == {"alarmName": [{"prefix": {"Fn::Sub": "ponte-${Tenant}-"}}]}
    assert all(name.startswith("ponte-${Tenant}-") for name in names)
    assert target["Arn"] == {"Fn::GetAtt": ["Console", "Arn"]} and "Input" not in target
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}


def test_an_alarm_looks_at_a_metric_that_is_measured_with_its_dimensions():
    source = "".join(path.read_text() for path in (servers.ROOT / "functions/senior-sismetro/src").glob("*.rs"))
    alarms = [found["Properties"] for found in expansion.of_type("AWS::CloudWatch::Alarm").values()]
    ours = [alarm for alarm in alarms if alarm.get("Namespace") == "Ponte"]

    assert len(ours) == 7
    for alarm in ours:
        further = {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
        assert further.pop("tenant") == {"Ref": "Tenant"}
        if further:
            (name,) = further
            assert f'each("{name}", "{alarm["MetricName"]}"' in source, alarm
        else:
            assert re.search(rf'Measure::count\("{alarm["MetricName"]}"', source), alarm


@pytest.mark.parametrize("partner", ["senior", "sismetro"])
def test_a_partner_whose_calls_keep_failing_is_an_alarm(partner):
    """contracts/service-order-flow.md §12: more than 20 % for ten minutes."""
    source = (servers.ROOT / "functions/senior-sismetro/src/turn.rs").read_text()
    (alarm,) = (
        found["Properties"]
        for found in expansion.of_type("AWS::CloudWatch::Alarm").values()
        if found["Properties"]["AlarmName"] == {"Fn::Sub": f"ponte-${{Tenant}}-{partner}-failing"}
    )
    looked = [found["MetricStat"] for found in alarm["Metrics"] if "MetricStat" in found]

    assert [found["Metric"]["MetricName"] for found in looked] == ["partner_calls", "partner_failures"]
    for found in looked:
        assert re.search(rf'Measure::count\("{found["Metric"]["MetricName"]}"', source)
        dimensions = {dimension["Name"]: dimension["Value"] for dimension in found["Metric"]["Dimensions"]}
        assert dimensions == {"tenant": {"Ref": "Tenant"}, "partner": partner}
    assert alarm["Threshold"] == 20
    assert alarm["EvaluationPeriods"] * looked[0]["Period"] == 600


@pytest.mark.parametrize("function", ["SsOpen", "SsCallback", "Console"])
def test_a_function_that_keeps_failing_is_an_alarm(function, expanded):
    alarm = expanded["Resources"][f"{function}FailingAlarm"]["Properties"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Errors")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": function}}]
    assert (alarm["Statistic"], alarm["Threshold"], alarm["ComparisonOperator"]) == ("Sum", 0, "GreaterThanThreshold")


def test_a_door_that_keeps_answering_with_errors_of_ours_is_an_alarm(expanded):
    """A page that says 503 is no error of the Lambda, and an answer that never came is none either."""
    alarm = expanded["Resources"]["HttpApiFailingAlarm"]["Properties"]

    # Of an HTTP API it is called so; of a REST API 5XXError.
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/ApiGateway", "5xx")
    assert alarm["Dimensions"] == [{"Name": "ApiId", "Value": {"Ref": "HttpApi"}}]
    assert (alarm["Statistic"], alarm["Threshold"], alarm["ComparisonOperator"]) == ("Sum", 0, "GreaterThanThreshold")


def test_what_nobody_can_explain_is_an_alarm(expanded):
    alarm = expanded["Resources"]["OrdersUnexplainedAlarm"]["Properties"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Errors")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "ReconcilePedidos"}}]
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
