"""The real template with the real binaries, deployed into MiniStack, which enforces the roles: the initial load
ends as it does locally, and nothing is given up."""

import json
import urllib.error
import urllib.request

import pytest

import deployment
from deployed import STACK, TENANT


def test_everything_in_the_template_is_created(aws, outputs):
    pages = aws.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]

    assert {resource["ResourceStatus"] for resource in resources} <= {"CREATE_COMPLETE"}
    assert sum(resource["ResourceType"] == "AWS::Lambda::Function" for resource in resources) == 12
    assert outputs["TableName"] == f"ponte-{TENANT}"


def test_a_schedule_before_the_load_does_nothing(aws, outputs):
    answer = aws.client("lambda").invoke(FunctionName=f"ponte-{TENANT}-sync-bancos", Payload='{"trigger":"schedule"}')

    assert "FunctionError" not in answer
    assert json.load(answer["Payload"]) == {"more": False, "wait_seconds": 0}


def test_the_deployed_load_finishes(loaded):
    assert loaded["status"] == "SUCCEEDED", (loaded.get("error"), loaded.get("cause"))
    assert json.loads(loaded["output"]) == {"closed": {"outcome": "finished"}}


def test_the_deployed_load_ends_like_the_local_one(loaded, simulated, local):
    ours, theirs = simulated.stored(), local.partners.stored()

    assert {name: len(rows) for name, rows in ours.items()} == {name: len(rows) for name, rows in theirs.items()}
    assert ours == theirs
    assert ours["Clientes"]


def test_omie_never_had_to_refuse(banks_read_by_the_load, simulated):
    assert simulated.refusals() == {}


def test_a_job_with_the_role_of_another_function_is_denied(aws, loaded):
    """Holds that the roles are enforced: otherwise the tests above would say nothing about them."""
    functions = aws.client("lambda")
    gate = functions.get_function_configuration(FunctionName=f"ponte-{TENANT}-branch-gate")
    job = functions.get_function_configuration(FunctionName=f"ponte-{TENANT}-sync-bancos")
    functions.create_function(
        FunctionName=f"ponte-{TENANT}-misfit",
        Role=gate["Role"],
        Code={"S3Bucket": deployment.BUCKET, "S3Key": "sync-bancos.zip"},
        Environment=job["Environment"],
        **{key: job[key] for key in ("Runtime", "Handler", "Timeout")},
    )

    answer = functions.invoke(FunctionName=f"ponte-{TENANT}-misfit", Payload='{"trigger":"schedule"}')

    failure = json.load(answer["Payload"])
    assert failure["errorType"] == "FixConfig"
    assert "AccessDenied" in failure["errorMessage"]


def test_nothing_was_given_up(aws, loaded, outputs):
    counted = aws.client("sqs").get_queue_attributes(
        QueueUrl=outputs["DeadLettersUrl"], AttributeNames=["ApproximateNumberOfMessages"]
    )

    assert counted["Attributes"]["ApproximateNumberOfMessages"] == "0"


def test_an_http_path_without_a_route_is_404(aws, outputs):
    request = urllib.request.Request(f"{aws.url}/any", headers={"Host": outputs["ApiUrl"].removeprefix("http://")})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)

    assert refused.value.code == 404
