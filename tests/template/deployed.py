"""The stack in MiniStack, deployed and loaded once for the whole session (fixtures, by way of conftest.py)."""

import json
import platform
import urllib.error
import urllib.request
from dataclasses import dataclass

import pytest

import deployment
import expansion
import servers
from ministack import ministack
from partners import SECRET, clock, partners
from runner import runner

# Not more: leases last 2 min of virtual time, and a busy machine must renew them in the real rest of it.
SPEED = 20
STACK, TENANT = "ponte-demo", "demo"
ARCHITECTURE = {"aarch64": "arm64"}.get(platform.machine(), "x86_64")


@pytest.fixture(scope="session")
def scale() -> str:
    return clock(SPEED)


@pytest.fixture(scope="session")
def local():
    """The same load by the local runner, to compare with."""
    with runner("runner-compared", SPEED) as started:
        assert started.run()["status"] == "SUCCEEDED"
        yield started


@pytest.fixture(scope="session")
def simulated(scale, local):
    """An Omie account with the same records as the local one, and an empty Máxima."""
    with partners(scale) as started:
        started.take_over(local.partners)
        yield started


@pytest.fixture(scope="session")
def aws(scale, tmp_path_factory):
    # AUTH: each Lambda has a session of its role, and every call is judged by the role's policies.
    home = tmp_path_factory.mktemp("ministack")
    with ministack(home, AUTH="true", SFN_WAIT_SCALE=str(1 / SPEED), PONTE_CLOCK=scale) as started:
        yield started


def unconditionally(template: dict, policy: str, sid: str) -> None:
    """MiniStack does not know the source of an event when it judges events:PutEvents, so that a condition on it never
    holds there; test_roles.py holds that ours is asked for."""
    statements = template["Resources"][policy]["Properties"]["PolicyDocument"]["Statement"]
    (statement,) = (one for one in statements if one.get("Sid") == sid)
    del statement["Condition"]


def without_metric_math(template: dict) -> None:
    """MiniStack deploys no alarm that computes; the linters and test_webhook.py judge those."""
    resources = template["Resources"]
    for name in [name for name, found in resources.items() if "Metrics" in found.get("Properties", {})]:
        assert resources[name]["Type"] == "AWS::CloudWatch::Alarm", name
        del resources[name]


@pytest.fixture(scope="session")
def outputs(aws):
    template = deployment.packaged(aws.client("s3"), servers.BINARIES)
    # Nobody waits for a Sunday: this one fires every minute.
    bancos = template["Resources"]["SyncBancos"]["Properties"]["Events"]["Schedule"]["Properties"]
    bancos["ScheduleExpression"] = "rate(1 minute)"
    # Nor shall a schedule do what a webhook is to do.
    for function, event in (("StatusPedidos", "Schedule"), ("SsOpen", "Sweep"), ("SsCallback", "Sweep")):
        schedule = template["Resources"][function]["Properties"]["Events"][event]["Properties"]
        schedule["ScheduleExpression"] = "rate(1 day)"
    without_metric_math(template)
    unconditionally(template, "WebhookPolicy", "WakeTheWorker")
    unconditionally(template, "ServiceOrderPolicy", "WakeTheWorker")
    unconditionally(template, "FunctionBoundary", "OwnEvents")
    parameters = {"Tenant": TENANT, "Architecture": ARCHITECTURE, "AlarmEmail": "a@example.com"}
    return deployment.deploy(aws, STACK, template, SeniorSismetro="on", **parameters)


@pytest.fixture(scope="session")
def door(aws, outputs) -> None:
    """MiniStack serves HTTP APIs and does not read the body that SAM declares the routes in: the same routes by calls."""
    api, functions = aws.client("apigatewayv2"), aws.client("lambda")
    (found,) = [one for one in api.get_apis()["Items"] if one["ApiEndpoint"] == outputs["ApiUrl"]]
    assert api.get_routes(ApiId=found["ApiId"])["Items"] == [], "MiniStack reads the body now: this is no longer needed"
    for route, function in expansion.routes().items():
        name = f"ponte-{TENANT}-{expansion.binaries()[function]}"
        integration = api.create_integration(
            ApiId=found["ApiId"],
            IntegrationType="AWS_PROXY",
            IntegrationUri=functions.get_function_configuration(FunctionName=name)["FunctionArn"],
            PayloadFormatVersion="2.0",
        )
        api.create_route(ApiId=found["ApiId"], RouteKey=route, Target=f"integrations/{integration['IntegrationId']}")


@dataclass(frozen=True)
class Answer:
    """What the HTTP API answers."""

    status: int
    headers: dict
    body: str


def request(aws, outputs, method: str, path: str, body: str | None = None, **headers) -> Answer:
    """One request to the deployed HTTP API."""
    host = outputs["ApiUrl"].removeprefix("http://")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = urllib.request.Request(
        f"{aws.url}{path}",
        data=None if body is None else body.encode(),
        headers={"Host": host, "Content-Type": "application/json", **named},
        method=method,
    )
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return Answer(answer.status, dict(answer.headers), answer.read().decode())
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, dict(refused.headers), refused.read().decode())


@pytest.fixture(scope="session")
def tenant(aws, outputs, local, simulated):
    """What a person fills in after the first deploy: credentials, and settings that name the simulators."""
    aws.client("secretsmanager").put_secret_value(
        SecretId=outputs["OmieMaximaSecretArn"], SecretString=json.dumps(SECRET)
    )
    settings = local.settings()["body"]["S"]
    settings = settings.replace(local.partners.omie, simulated.omie)
    settings = settings.replace(local.partners.maxima, simulated.maxima)
    # The way the README tells an integrator.
    answer = aws.client("lambda").invoke(
        FunctionName=f"ponte-{TENANT}-initial-load",
        Payload=json.dumps({"op": "configure", "settings": json.loads(settings)}),
    )
    assert "FunctionError" not in answer, answer["Payload"].read()
    return outputs


@pytest.fixture(scope="session")
def loaded(aws, tenant):
    """Starts the deployed state machine and waits for its end."""
    states = aws.client("stepfunctions")
    arn = states.start_execution(stateMachineArn=tenant["InitialLoadArn"], input="{}")["executionArn"]

    def ended():
        found = states.describe_execution(executionArn=arn)
        return found if found["status"] != "RUNNING" else None

    return servers.wait_for(ended, "the deployed initial load", 300)


@pytest.fixture(scope="session")
def banks_read_by_the_load(loaded, simulated) -> int:
    """How often the load, and no schedule after it, asked Omie for its banks."""
    return simulated.calls("ListarBancos")
