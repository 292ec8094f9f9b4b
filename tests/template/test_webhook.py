"""The one door of the stack: a route for Omie's webhooks, throttled, whose log holds no secret; and the rule that wakes
the worker of what came in."""

import json
import re

import expansion
import servers

FUNCTION, WORKER = "OmieWebhook", "StatusPedidos"
# What names the request's path or query, where a webhook's secret is (API Gateway's variables of access logging).
TELLING = re.compile(r"\$context\.(path|http\.path|rawPath|queryString|requestOverride|authorizer|identity\.userAgent)")


def test_omie_posts_to_the_function_by_path_or_query_and_there_is_no_other_route():
    assert expansion.routes() == {
        "POST /webhooks/omie": FUNCTION,
        "POST /webhooks/omie/{secret}": FUNCTION,
    }


def test_only_these_routes_of_this_api_may_invoke_it():
    permissions = [
        found["Properties"]
        for found in expansion.of_type("AWS::Lambda::Permission").values()
        if found["Properties"]["FunctionName"] == {"Ref": FUNCTION}
    ]

    sources = [permission["SourceArn"]["Fn::Sub"] for permission in permissions]
    assert sorted(source[0].split("${__Stage__}")[1] for source in sources) == [
        "/POST/webhooks/omie",
        "/POST/webhooks/omie/*",
    ]
    assert all(source[1]["__ApiId__"] == {"Ref": "HttpApi"} for source in sources)
    assert {permission["Principal"] for permission in permissions} == {"apigateway.amazonaws.com"}


def test_the_sample_event_is_of_that_route():
    sample = json.loads((servers.ROOT / "infra/events/webhook.json").read_text())

    assert sample["routeKey"] in expansion.routes()
    assert sample["version"] == "2.0"


def test_the_door_is_throttled(expanded):
    stage = expanded["Resources"]["HttpApiApiGatewayDefaultStage"]["Properties"]

    assert stage["DefaultRouteSettings"] == {"ThrottlingBurstLimit": 50, "ThrottlingRateLimit": 20}


def test_the_access_log_tells_the_route_and_never_the_path_or_the_query(expanded):
    stage = expanded["Resources"]["HttpApiApiGatewayDefaultStage"]["Properties"]
    told = json.loads(stage["AccessLogSettings"]["Format"])

    assert told["route"] == "$context.routeKey"
    assert not any(TELLING.search(value) for value in told.values())


def test_a_notice_of_this_tenant_wakes_the_worker():
    (rule,) = expansion.of_type("AWS::Events::Rule").values()
    (target,) = rule["Properties"]["Targets"]
    source = (servers.ROOT / "functions/omie-maxima/src/webhook.rs").read_text()

    assert rule["Properties"]["EventPattern"] == {
        "source": [{"Fn::Sub": "ponte.${Tenant}"}],
        "detail-type": ["omie-webhook"],
    }
    assert 'announce("omie-webhook"' in source
    assert target["Arn"] == {"Fn::GetAtt": [WORKER, "Arn"]}
    assert json.loads(target["Input"]) == json.loads((servers.ROOT / "infra/events/notice.json").read_text())
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 600, "MaximumRetryAttempts": 3}


def test_what_nobody_can_explain_is_an_alarm(expanded):
    alarm = expanded["Resources"]["OrdersUnexplainedAlarm"]["Properties"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Errors")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "ReconcilePedidos"}}]
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
