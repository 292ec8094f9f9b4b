"""The real template with the real binaries, deployed into MiniStack, which enforces the roles: the initial load
ends as it does locally, and nothing is given up."""

import json
import urllib.error
import urllib.request

import pytest

import deployment
import expansion
import servers
from deployed import STACK, TENANT


def test_everything_in_the_template_is_created(aws, outputs):
    pages = aws.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]

    assert {resource["ResourceStatus"] for resource in resources} <= {"CREATE_COMPLETE"}
    for kind in ("AWS::Lambda::Function", "AWS::Scheduler::Schedule"):
        created = sum(resource["ResourceType"] == kind for resource in resources)
        assert created == len(expansion.of_type(kind)), kind
    assert outputs["TableName"] == f"ponte-{TENANT}"


def test_a_webhook_secret_is_made_at_deploy(aws, outputs):
    """Before anybody has filled in the credentials; afterwards it is the version before."""
    secrets = aws.client("secretsmanager")
    found = secrets.list_secret_version_ids(SecretId=outputs["OmieMaximaSecretArn"], IncludeDeprecated=True)
    first = min(found["Versions"], key=lambda version: version["CreatedDate"])
    text = secrets.get_secret_value(SecretId=outputs["OmieMaximaSecretArn"], VersionId=first["VersionId"])

    made = json.loads(text["SecretString"])
    assert made["omie"] == {"app_key": "", "app_secret": ""}
    # MiniStack does not know ExcludePunctuation; test_kept.py holds that the template asks for it.
    assert len(made["webhook"]) == 43


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


def test_a_run_that_is_not_over_continues_by_a_schedule_of_its_own(aws, loaded, simulated):
    """Nobody waits for a scheduled run as the state machine waits for a step: the job makes the schedule that goes on,
    with the rights of its role (but MiniStack does not judge iam:PassRole; test_roles.py does)."""
    functions, name = aws.client("lambda"), f"ponte-{TENANT}-sync-atividades"
    # Omie blocks for half an hour; with so short a life of its own the job cannot wait that long.
    functions.update_function_configuration(FunctionName=name, Timeout=30)
    simulated.fault("ListarTipoAtiv", "blocked425", 1)

    answer = functions.invoke(FunctionName=name, Payload=(servers.ROOT / "infra/events/schedule.json").read_text())

    told = json.load(answer["Payload"])
    assert told["more"] is True and told["wait_seconds"] > 1_800, told
    made = aws.client("scheduler").get_schedule(Name=f"{name}-continue")
    assert made["ScheduleExpression"].startswith("at(")
    assert made["ActionAfterCompletion"] == "DELETE"
    assert made["Target"]["Arn"] == functions.get_function_configuration(FunctionName=name)["FunctionArn"]
    assert json.loads(made["Target"]["Input"]) == json.loads((servers.ROOT / "infra/events/continue.json").read_text())
    nightly = aws.client("scheduler").get_schedule(Name=f"ponte-{TENANT}-sync-cidades")
    assert made["Target"]["RoleArn"] == nightly["Target"]["RoleArn"]


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
