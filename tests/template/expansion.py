"""The template as written, and as plain CloudFormation after the SAM transform."""

import copy
import functools
import os

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
