"""The real template with the real binaries, deployed into MiniStack, which enforces the roles: the initial load
ends as it does locally, a schedule really fires, and nothing is given up."""

import json
import platform
import urllib.error
import urllib.request

import pytest

import deployment
import servers
from ministack import ministack
from partners import SECRET, clock, partners
from runner import runner

# Not more: leases last 90 s of virtual time, and a busy machine must renew them in the real rest of it.
SPEED = 20
STACK, TENANT = "ponte-demo", "demo"
ARCHITECTURE = {"aarch64": "arm64"}.get(platform.machine(), "x86_64")


@pytest.fixture(scope="module")
def scale() -> str:
    return clock(SPEED)


@pytest.fixture(scope="module")
def local():
    """The same load by the local runner, to compare with."""
    with runner("runner-compared", SPEED) as started:
        assert started.run()["status"] == "SUCCEEDED"
        yield started


@pytest.fixture(scope="module")
def simulated(scale, local):
    """An Omie account with the same records as the local one, and an empty Máxima."""
    with partners(scale) as started:
        started.take_over(local.partners)
        yield started


@pytest.fixture(scope="module")
def aws(scale, tmp_path_factory):
    # AUTH: each Lambda has a session of its role, and every call is judged by the role's policies.
    home = tmp_path_factory.mktemp("ministack")
    with ministack(home, AUTH="true", SFN_WAIT_SCALE=str(1 / SPEED), PONTE_CLOCK=scale) as started:
        yield started


@pytest.fixture(scope="module")
def outputs(aws):
    template = deployment.packaged(aws.client("s3"), servers.BINARIES)
    # Nobody waits for a Sunday: this one fires every minute.
    bancos = template["Resources"]["SyncBancos"]["Properties"]["Events"]["Schedule"]["Properties"]
    bancos["ScheduleExpression"] = "rate(1 minute)"
    return deployment.deploy(aws, STACK, template, Tenant=TENANT, Architecture=ARCHITECTURE, AlarmEmail="a@example.com")


@pytest.fixture(scope="module")
def tenant(aws, outputs, local, simulated):
    """What a person fills in after the first deploy: credentials, and settings that name the simulators."""
    aws.client("secretsmanager").put_secret_value(
        SecretId=outputs["OmieMaximaSecretArn"], SecretString=json.dumps(SECRET)
    )
    item = local.settings()
    body = item["body"]["S"]
    body = body.replace(local.partners.omie, simulated.omie).replace(local.partners.maxima, simulated.maxima)
    item["body"] = {"S": body}
    aws.client("dynamodb").put_item(TableName=outputs["TableName"], Item=item)
    return outputs


@pytest.fixture(scope="module")
def loaded(aws, tenant):
    """Starts the deployed state machine and waits for its end."""
    states = aws.client("stepfunctions")
    arn = states.start_execution(stateMachineArn=tenant["InitialLoadArn"], input="{}")["executionArn"]

    def ended():
        found = states.describe_execution(executionArn=arn)
        return found if found["status"] != "RUNNING" else None

    return servers.wait_for(ended, "the deployed initial load", 300)


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


def test_omie_never_had_to_refuse(loaded, simulated):
    assert simulated.refusals() == {}


def test_a_schedule_really_fires(loaded, simulated):
    before = simulated.calls("ListarBancos")

    servers.wait_for(lambda: simulated.calls("ListarBancos") > before, "the schedule of sync-bancos", 150, every=1)


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
