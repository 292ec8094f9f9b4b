"""The template as written, and as plain CloudFormation after the SAM transform."""

import copy
import functools
import os
import re

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

import servers

LOGS_POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


class _ManagedPolicies:
    """The translator asks IAM for these; the one it needs is known."""

    def load(self):
        return {"AWSLambdaBasicExecutionRole": LOGS_POLICY}


@functools.cache
def template() -> dict:
    """template.yaml, its `!Ref` and friends as `{"Ref": …}`."""
    return yaml_parse((servers.ROOT / "template.yaml").read_text())


@functools.cache
def expanded() -> dict:
    """template.yaml after the transform, as CloudFormation would see it."""
    source = copy.deepcopy(template())
    for resource in source["Resources"].values():
        for local in ("CodeUri", "DefinitionUri"):
            # The transform takes only what has been uploaded.
            if local in resource.get("Properties", {}):
                resource["Properties"][local] = "s3://bucket/key"
    os.environ.setdefault("AWS_DEFAULT_REGION", "sa-east-1")
    return transform(source, {"Tenant": "demo"}, _ManagedPolicies())


def of_type(kind: str) -> dict:
    """The expanded resources of one CloudFormation type, by logical id."""
    return {name: found for name, found in expanded()["Resources"].items() if found["Type"] == kind}


def binaries() -> dict:
    """Logical id to binary, of every function."""
    functions = of_type("AWS::Lambda::Function").items()
    return {name: found["Metadata"]["BuildProperties"]["Binary"] for name, found in functions}


def chosen(value, on: set):
    """The value with every Fn::If decided as it is in a stack with these integrations on."""
    if isinstance(value, list):
        return [chosen(item, on) for item in value]
    if not isinstance(value, dict):
        return value
    if "Fn::If" in value:
        condition, yes, no = value["Fn::If"]
        return chosen(yes if holds(condition, on) else no, on)
    return {name: chosen(item, on) for name, item in value.items()}


def _when_on(value):
    """The branch of an Fn::If that holds while the integration is on."""
    while isinstance(value, dict) and "Fn::If" in value:
        value = value["Fn::If"][1]
    return value


def routes() -> dict:
    """The routes of the HTTP API, `POST /path`, to the functions that serve them; SAM writes them into the API's body."""
    methods_of_sam = {"x-amazon-apigateway-any-method": "ANY"}
    (api,) = of_type("AWS::ApiGatewayV2::Api").values()
    found = {}
    for path, methods in api["Properties"]["Body"]["paths"].items():
        for method, operation in _when_on(methods).items():
            integration = _when_on(operation)["x-amazon-apigateway-integration"]
            assert (integration["type"], integration["payloadFormatVersion"]) == ("aws_proxy", "2.0")
            called = methods_of_sam.get(method, method.upper())
            (found[f"{called} {path}"],) = re.findall(r"\$\{(\w+)\.Arn\}", str(integration["uri"]))
    return found


# The jobs that are no listing: orders and customers in, their fate back, both sides counted.
FLOWS = {"import-pedidos", "import-clientes", "status-pedidos", "reconcile-pedidos"}
WEBHOOK = "omie-webhook"
# Service orders: requests of the HTTP API and turns of work, both by both.
SERVICE_ORDERS = {"ss-open", "ss-callback"}
# The operators' pages, of whatever is switched on.
CONSOLE = "console"
# The switches of the integrations, the condition each has in the template, and the secret of each.
INTEGRATIONS = {"OmieMaxima": "HasOmieMaxima", "SeniorSismetro": "HasSeniorSismetro"}


def integration(binary: str) -> str | None:
    """The switch that a function is behind; the console is behind none."""
    if binary == CONSOLE:
        return None
    return "SeniorSismetro" if binary in SERVICE_ORDERS else "OmieMaxima"


def secret(binary: str) -> str:
    """The secret that is a function's own."""
    return f"{integration(binary) or 'Console'}Secret"


def holds(condition: str | None, on: set) -> bool:
    """Whether a resource with this condition is there when these integrations are on, and somebody is told of alarms."""
    if condition is None or condition == "HasAlarmEmail":
        return True
    (switch,) = (switch for switch, name in INTEGRATIONS.items() if name == condition)
    return switch in on


def there(on: set) -> dict:
    """The expanded resources of a stack with these integrations on."""
    return {name: found for name, found in expanded()["Resources"].items() if holds(found.get("Condition"), on)}
