"""A role may do what its function does, on what belongs to this stack, and nothing else."""

import re

import pytest

import expansion
import servers

FUNCTIONS = expansion.of_type("AWS::Lambda::Function")
ROLES = expansion.of_type("AWS::IAM::Role")
TABLE, SECRET = {"Fn::GetAtt": ["Table", "Arn"]}, {"Fn::GetAtt": ["OmieMaximaSecret", "Id"]}
DEAD_LETTERS = {"Fn::GetAtt": ["DeadLetters", "Arn"]}
# A call of the DynamoDB client; a transaction would need the permissions of what is in it.
CALL = re.compile(r"\.((?:batch_)?(?:get|put|update|delete|write)_item|query|scan|transact_\w+)\(\)")
# Log deliveries belong to no resource; AWS accepts nothing but "*".
WITHOUT_RESOURCE = {"DeliverLogs"}


def listed(value) -> list:
    return value if isinstance(value, list) else [value]


def statements(role: dict) -> list:
    return [
        statement
        for policy in role["Properties"].get("Policies", [])
        for statement in listed(policy["PolicyDocument"]["Statement"])
    ]


def granted(role: dict) -> dict:
    """Action to resources."""
    return {
        action: statement["Resource"] for statement in statements(role) for action in listed(statement["Action"])
    }


@pytest.mark.parametrize("name", ROLES)
def test_no_role_has_wildcards(name):
    for statement in statements(ROLES[name]):
        assert statement["Effect"] == "Allow"
        assert not any("*" in action for action in listed(statement["Action"]))
        if statement.get("Sid") not in WITHOUT_RESOURCE:
            assert not any("*" in str(resource) for resource in listed(statement["Resource"]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_reaches_its_table_its_secret_and_its_dead_letters(name):
    role = ROLES[f"{name}Role"]
    variables = FUNCTIONS[name]["Properties"]["Environment"]["Variables"]

    for action, resource in granted(role).items():
        service = action.split(":")[0]
        assert resource == {"dynamodb": TABLE, "secretsmanager": SECRET, "sqs": DEAD_LETTERS}[service], action
    assert ("secretsmanager:GetSecretValue" in granted(role)) == ("PONTE_SECRET" in variables)
    assert role["Properties"]["PermissionsBoundary"] == {"Ref": "FunctionBoundary"}
    assert role["Properties"]["ManagedPolicyArns"] == [expansion.LOGS_POLICY]


def test_the_boundary_covers_what_the_roles_grant(expanded):
    boundary = expanded["Resources"]["FunctionBoundary"]["Properties"]["PolicyDocument"]["Statement"]
    allowed = {action for statement in boundary for action in listed(statement["Action"])}

    for name in FUNCTIONS:
        assert set(granted(ROLES[f"{name}Role"])) <= allowed
    for statement in boundary:
        assert "ponte-${Tenant}" in str(statement["Resource"]) or "ponte/${Tenant}" in str(
            statement["Resource"]
        ) or statement["Resource"] in (TABLE, DEAD_LETTERS)


def test_the_syncs_may_do_exactly_what_the_store_does():
    called = {
        action
        for path in (servers.ROOT / "shared/store/src").rglob("*.rs")
        for action in re.findall(CALL, path.read_text())
    }
    asked = {"dynamodb:" + "".join(word.title() for word in action.split("_")) for action in called}

    for name, function in FUNCTIONS.items():
        if function["Metadata"]["BuildProperties"]["Binary"].startswith("sync-"):
            given = {action for action in granted(ROLES[f"{name}Role"]) if action.startswith("dynamodb:")}
            assert given == asked


def test_the_state_machine_may_invoke_its_functions_only():
    invoked = granted(ROLES["InitialLoadMachineRole"])["lambda:InvokeFunction"]

    assert {resource["Fn::GetAtt"][0] for resource in invoked} == set(FUNCTIONS)
