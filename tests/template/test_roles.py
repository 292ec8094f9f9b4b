"""A role may do what its function does, on what belongs to this stack, and nothing else."""

import re

import pytest

import expansion
import servers

FUNCTIONS = expansion.of_type("AWS::Lambda::Function")
ROLES = expansion.of_type("AWS::IAM::Role")
MANAGED = expansion.of_type("AWS::IAM::ManagedPolicy")
SCHEDULER = expansion.of_type("AWS::IAM::Policy")["SchedulerPolicy"]
TABLE, SECRET = {"Fn::GetAtt": ["Table", "Arn"]}, {"Fn::GetAtt": ["OmieMaximaSecret", "Id"]}
DEAD_LETTERS = {"Fn::GetAtt": ["DeadLetters", "Arn"]}
SCHEDULER_ROLE = {"Fn::GetAtt": ["SchedulerRole", "Arn"]}
# A run that says more is continued by a one-time schedule, which does not exist before: the one wildcard allowed.
CONTINUATIONS = {
    "Fn::Sub": "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}"
    ":schedule/default/ponte-${Tenant}-*-continue"
}
# A call of the DynamoDB client; a transaction would need the permissions of what is in it.
CALL = re.compile(r"\.((?:batch_)?(?:get|put|update|delete|write)_item|query|scan|transact_\w+)\(\)")
# Log deliveries belong to no resource; AWS accepts nothing but "*".
WITHOUT_RESOURCE = {"DeliverLogs"}


def listed(value) -> list:
    return value if isinstance(value, list) else [value]


def managed(role: dict) -> list:
    """The logical ids of the policies of this template that the role has besides its own."""
    return [arn["Ref"] for arn in role["Properties"].get("ManagedPolicyArns", []) if isinstance(arn, dict)]


def statements(role: dict) -> list:
    """Of its own policies and of those it shares with others."""
    documents = [policy["PolicyDocument"] for policy in role["Properties"].get("Policies", [])]
    documents += [MANAGED[policy]["Properties"]["PolicyDocument"] for policy in managed(role)]
    if {"Ref": "SchedulerRole"} in SCHEDULER["Properties"]["Roles"] and role is ROLES["SchedulerRole"]:
        documents.append(SCHEDULER["Properties"]["PolicyDocument"])
    return [statement for document in documents for statement in listed(document["Statement"])]


def granted(role: dict) -> dict:
    """Action to resources."""
    return {
        action: statement["Resource"] for statement in statements(role) for action in listed(statement["Action"])
    }


def binary(function: str) -> str:
    return FUNCTIONS[function]["Metadata"]["BuildProperties"]["Binary"]


@pytest.mark.parametrize("name", ROLES)
def test_no_role_has_wildcards(name):
    for statement in statements(ROLES[name]):
        assert statement["Effect"] == "Allow"
        assert not any("*" in action for action in listed(statement["Action"]))
        if statement.get("Sid") not in WITHOUT_RESOURCE and statement["Resource"] != CONTINUATIONS:
            assert not any("*" in str(resource) for resource in listed(statement["Resource"]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_reaches_what_is_its_own(name):
    role = ROLES[f"{name}Role"]
    variables = FUNCTIONS[name]["Properties"]["Environment"]["Variables"]
    own = {
        "dynamodb": TABLE,
        "secretsmanager": SECRET,
        "sqs": DEAD_LETTERS,
        "scheduler": CONTINUATIONS,
        "iam": SCHEDULER_ROLE,
    }

    for action, resource in granted(role).items():
        assert resource == own[action.split(":")[0]], action
    assert ("secretsmanager:GetSecretValue" in granted(role)) == ("PONTE_SECRET" in variables)
    assert role["Properties"]["PermissionsBoundary"] == {"Ref": "FunctionBoundary"}
    shared = [{"Ref": "SyncPolicy"}] if binary(name).startswith("sync-") else []
    assert role["Properties"]["ManagedPolicyArns"] == [expansion.LOGS_POLICY, *shared]


def test_a_role_is_handed_over_to_the_scheduler_and_to_nobody_else():
    found = [statement for role in ROLES.values() for statement in statements(role)]
    found = [statement for statement in found if "iam:PassRole" in listed(statement["Action"])]

    assert found
    for statement in found:
        assert statement["Resource"] == SCHEDULER_ROLE
        assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}


def test_only_a_job_makes_schedules():
    for name in FUNCTIONS:
        made = {action for action in granted(ROLES[f"{name}Role"]) if action.startswith("scheduler:")}
        # A one-time schedule is made, or moved when it has not fired yet (shared/schedules).
        is_job = binary(name).startswith("sync-")
        expected = {"scheduler:CreateSchedule", "scheduler:UpdateSchedule"} if is_job else set()
        assert made == expected, name


def test_the_scheduler_may_start_exactly_the_jobs():
    role = ROLES["SchedulerRole"]
    trusted = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    invoked = granted(role)["lambda:InvokeFunction"]
    assert sorted(resource["Fn::GetAtt"][0] for resource in invoked) == sorted(
        name for name in FUNCTIONS if binary(name).startswith("sync-")
    )
    assert granted(role)["sqs:SendMessage"] == DEAD_LETTERS
    assert set(granted(role)) == {"lambda:InvokeFunction", "sqs:SendMessage"}
    assert SCHEDULER["Properties"]["Roles"] == [{"Ref": "SchedulerRole"}]
    assert [statement["Principal"] for statement in trusted] == [{"Service": "scheduler.amazonaws.com"}]
    # Whoever names our role in an account of their own is not let in.
    assert trusted[0]["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_the_boundary_covers_what_the_roles_grant(expanded):
    boundary = expanded["Resources"]["FunctionBoundary"]["Properties"]["PolicyDocument"]["Statement"]
    allowed = {action for statement in boundary for action in listed(statement["Action"])}

    for name in FUNCTIONS:
        assert set(granted(ROLES[f"{name}Role"])) <= allowed
    for statement in boundary:
        named = any(prefix in str(statement["Resource"]) for prefix in ("ponte-${Tenant}", "ponte/${Tenant}"))
        assert named or statement["Resource"] in (TABLE, DEAD_LETTERS, SCHEDULER_ROLE)


def test_the_syncs_may_do_exactly_what_the_store_does():
    called = {
        action
        for path in (servers.ROOT / "shared/store/src").rglob("*.rs")
        for action in re.findall(CALL, path.read_text())
    }
    asked = {"dynamodb:" + "".join(word.title() for word in action.split("_")) for action in called}

    for name in FUNCTIONS:
        if binary(name).startswith("sync-"):
            given = {action for action in granted(ROLES[f"{name}Role"]) if action.startswith("dynamodb:")}
            assert given == asked


def test_opening_a_load_may_let_records_out_of_quarantine():
    """After an interruption cities and branches are sent again at once: a query, and a batch of removals."""
    allowed = set(granted(ROLES["InitialLoadRole"]))

    assert {"dynamodb:Query", "dynamodb:BatchWriteItem", "dynamodb:DeleteItem"} <= allowed


def test_the_state_machine_may_invoke_its_functions_only():
    invoked = granted(ROLES["InitialLoadMachineRole"])["lambda:InvokeFunction"]

    assert {resource["Fn::GetAtt"][0] for resource in invoked} == set(FUNCTIONS)
