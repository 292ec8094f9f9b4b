"""A role may do what its function does, on what belongs to this stack, and nothing else."""

import re

import pytest

import expansion
import servers

FUNCTIONS = expansion.of_type("AWS::Lambda::Function")
ROLES = expansion.of_type("AWS::IAM::Role")
MANAGED = expansion.of_type("AWS::IAM::ManagedPolicy")
# What the scheduler's role may do is said once for each integration.
SCHEDULER = expansion.of_type("AWS::IAM::Policy")
TABLE = {"Fn::GetAtt": ["Table", "Arn"]}
DEAD_LETTERS = {"Fn::GetAtt": ["DeadLetters", "Arn"]}
SCHEDULER_ROLE = {"Fn::GetAtt": ["SchedulerRole", "Arn"]}
# A run that says more is continued by a one-time schedule, which does not exist before: the one wildcard allowed.
CONTINUATIONS = {
    "Fn::Sub": "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}"
    ":schedule/default/ponte-${Tenant}-*-continue"
}
# The jobs that a notice starts early: status-pedidos makes the same kind of schedule, for them alone.
EARLY = {"Fn::Sub": CONTINUATIONS["Fn::Sub"].replace("-*-continue", "-sync-*-e-continue")}
# What the console may do with schedules: read and change those of the tenant, make and take back those that fire once.
OF_THE_TENANT = {"Fn::Sub": CONTINUATIONS["Fn::Sub"].replace("-*-continue", "-*")}
ASKED_FOR = {"Fn::Sub": CONTINUATIONS["Fn::Sub"].replace("-*-continue", "-*-e-continue")}
EVENT_BUS = {"Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"}
# A call of the DynamoDB client, and what a transaction consists of: it needs the rights of that, and none of its own.
CALL = re.compile(r"\.((?:batch_)?(?:get|put|update|delete|write)_item|query|scan)\(\)")
IN_A_TRANSACTION = re.compile(r"\b(Put|Update|Delete|ConditionCheck)::builder\(\)")
# The store's part that keeps orders, customers and notices; the listings have nothing to do with it.
CASES = "cases.rs"
# Log deliveries and a list of schedules belong to no resource; AWS accepts nothing but "*". A list that the schedule's
# group limits is refused (aws/aws-cdk#38201).
WITHOUT_RESOURCE = {"DeliverLogs", "NamesOfSchedules"}


def listed(value) -> list:
    return value if isinstance(value, list) else [value]


def managed(role: dict) -> list:
    """The logical ids of the policies of this template that the role has besides its own."""
    return [arn["Ref"] for arn in role["Properties"].get("ManagedPolicyArns", []) if isinstance(arn, dict)]


def statements(role: dict) -> list:
    """Of its own policies and of those it shares with others, with both integrations on."""
    documents = [policy["PolicyDocument"] for policy in role["Properties"].get("Policies", [])]
    documents += [MANAGED[policy]["Properties"]["PolicyDocument"] for policy in managed(role)]
    if role is ROLES["SchedulerRole"]:
        documents += [policy["Properties"]["PolicyDocument"] for policy in SCHEDULER.values()]
    on = set(expansion.INTEGRATIONS)
    return [expansion.chosen(one, on) for document in documents for one in listed(document["Statement"])]


def granted(role: dict) -> dict:
    """Action to resources; of an action that several statements grant, to those of the last."""
    return {
        action: statement["Resource"] for statement in statements(role) for action in listed(statement["Action"])
    }


def rights(role: dict) -> dict:
    """Action to all of its resources."""
    found = {}
    for statement in statements(role):
        for action in listed(statement["Action"]):
            found.setdefault(action, []).extend(listed(statement["Resource"]))
    return found


def binary(function: str) -> str:
    return expansion.binaries()[function]


def shared(function: str) -> list:
    """The policy that functions of its kind have in common."""
    if binary(function).startswith("sync-"):
        return [{"Ref": "SyncPolicy"}]
    if binary(function) in expansion.FLOWS:
        return [{"Ref": "FlowPolicy"}]
    if binary(function) in expansion.SERVICE_ORDERS:
        return [{"Ref": "ServiceOrderPolicy"}]
    if binary(function) == expansion.CONSOLE:
        return [{"Ref": "ConsolePolicy"}]
    return [{"Ref": "WebhookPolicy"}] if binary(function) == expansion.WEBHOOK else []


def of_the_table(function: str) -> set:
    """What its role lets it do to the table."""
    return {action for action in granted(ROLES[f"{function}Role"]) if action.startswith("dynamodb:")}


@pytest.mark.parametrize("name", ROLES)
def test_no_role_has_wildcards(name):
    for statement in statements(ROLES[name]):
        assert statement["Effect"] == "Allow"
        assert not any("*" in action for action in listed(statement["Action"]))
        of_schedules = (CONTINUATIONS, EARLY, OF_THE_TENANT, ASKED_FOR)
        if statement.get("Sid") not in WITHOUT_RESOURCE and statement["Resource"] not in of_schedules:
            assert not any("*" in str(resource) for resource in listed(statement["Resource"]))


def own_secret(name: str) -> dict:
    return {"Fn::GetAtt": [expansion.secret(binary(name)), "Id"]}


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"Console"}))
def test_a_function_reaches_what_is_its_own(name):
    role = ROLES[f"{name}Role"]
    variables = FUNCTIONS[name]["Properties"]["Environment"]["Variables"]
    own = {
        "dynamodb": TABLE,
        "secretsmanager": own_secret(name),
        "sqs": DEAD_LETTERS,
        "scheduler": EARLY if binary(name) == "status-pedidos" else CONTINUATIONS,
        "iam": SCHEDULER_ROLE,
        "events": EVENT_BUS,
    }

    for action, resource in granted(role).items():
        assert resource == own[action.split(":")[0]], action
    assert ("secretsmanager:GetSecretValue" in granted(role)) == ("PONTE_SECRET" in variables)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_role_is_limited_and_has_no_other_policies(name):
    properties = ROLES[f"{name}Role"]["Properties"]

    assert properties["PermissionsBoundary"] == {"Ref": "FunctionBoundary"}
    assert properties["ManagedPolicyArns"] == [expansion.LOGS_POLICY, *shared(name)]


def test_the_console_may_do_what_its_pages_do_and_no_more():
    """It invokes no function and starts no machine: that is the scheduler's. It changes schedules and takes back those
    that fire once; those of the template it cannot delete. It fills in credentials, and not its own keys."""
    both = [{"Fn::GetAtt": [f"{switch}Secret", "Id"]} for switch in expansion.INTEGRATIONS]
    expected = {
        "secretsmanager:GetSecretValue": [own_secret("Console"), *both],
        "secretsmanager:PutSecretValue": both,
        "scheduler:ListSchedules": ["*"],
        "scheduler:GetSchedule": [OF_THE_TENANT],
        "scheduler:UpdateSchedule": [OF_THE_TENANT],
        "scheduler:CreateSchedule": [ASKED_FOR],
        "scheduler:DeleteSchedule": [CONTINUATIONS],
        "iam:PassRole": [SCHEDULER_ROLE],
        "events:PutEvents": [EVENT_BUS],
        "sqs:SendMessage": [DEAD_LETTERS],
    }
    found = rights(ROLES["ConsoleRole"])

    assert {action: found[action] for action in found if not action.startswith("dynamodb:")} == expected
    assert all(found[action] == [TABLE] for action in of_the_table("Console"))


def test_the_console_names_its_one_time_schedules_as_its_role_may():
    """Its role allows …-e-continue to be made, and …-continue to be taken back."""
    edge = (servers.ROOT / "shared/runtime/src/edge.rs").read_text()
    ports = (servers.ROOT / "functions/console/src/ports/aws.rs").read_text()
    (endings,) = re.findall(r"const CONTINUATIONS: \[&str; \d+\] = \[(.+)\];", ports)

    assert re.findall(r'"\{function\}(\S+)"', edge) == ["-e-continue"]
    assert re.findall(r'"ponte-\{\}-\{name\}(\S+)"', edge) == ["-e-continue"]
    assert all(ending.endswith("continue") for ending in re.findall(r'"(\S+)"', endings))


def test_a_role_is_handed_over_to_the_scheduler_and_to_nobody_else():
    found = [statement for role in ROLES.values() for statement in statements(role)]
    found = [statement for statement in found if "iam:PassRole" in listed(statement["Action"])]

    assert found
    for statement in found:
        assert statement["Resource"] == SCHEDULER_ROLE
        assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}


def test_only_who_continues_or_starts_a_job_makes_schedules():
    for name in FUNCTIONS:
        made = {action for action in granted(ROLES[f"{name}Role"]) if action.startswith("scheduler:")}
        # A one-time schedule is made, or moved when it has not fired yet (shared/schedules).
        makes = binary(name).startswith("sync-") or binary(name) == "status-pedidos"
        expected = {"scheduler:CreateSchedule", "scheduler:UpdateSchedule"} if makes else set()
        assert made == expected or binary(name) == expansion.CONSOLE, name


def test_only_who_takes_requests_puts_events_and_only_its_tenants():
    for name in FUNCTIONS:
        put = [s for s in statements(ROLES[f"{name}Role"]) if "events:PutEvents" in listed(s["Action"])]
        takes = binary(name) in {expansion.WEBHOOK, expansion.CONSOLE, *expansion.SERVICE_ORDERS}
        assert len(put) == takes, name
        for statement in put:
            assert statement["Condition"] == {"StringEquals": {"events:source": {"Fn::Sub": "ponte.${Tenant}"}}}


def test_the_scheduler_may_start_exactly_the_jobs_and_the_load():
    role = ROLES["SchedulerRole"]
    trusted = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    for policy in SCHEDULER.values():
        invoked = policy["Properties"]["PolicyDocument"]["Statement"][0]["Resource"]
        assert sorted(resource["Fn::GetAtt"][0] for resource in invoked) == sorted(
            name
            for name, function in FUNCTIONS.items()
            if function.get("Condition") == policy["Condition"]
            and (binary(name).startswith("sync-") or binary(name) in expansion.FLOWS | expansion.SERVICE_ORDERS)
        )
    assert granted(role)["sqs:SendMessage"] == DEAD_LETTERS
    assert set(granted(role)) == {"lambda:InvokeFunction", "sqs:SendMessage", "states:StartExecution"}
    # The console asks for a load by a schedule.
    assert granted(role)["states:StartExecution"] == {"Ref": "InitialLoadMachine"}
    (starts,) = [name for name, policy in SCHEDULER.items() if "states:StartExecution" in str(policy)]
    assert SCHEDULER[starts]["Condition"] == ROLES["InitialLoadMachineRole"]["Condition"]
    assert {policy["Condition"] for policy in SCHEDULER.values()} == set(expansion.INTEGRATIONS.values())
    assert all(policy["Properties"]["Roles"] == [{"Ref": "SchedulerRole"}] for policy in SCHEDULER.values())
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
        named = named or statement.get("Sid") in WITHOUT_RESOURCE
        assert named or statement["Resource"] in (TABLE, DEAD_LETTERS, SCHEDULER_ROLE, EVENT_BUS)
        if statement["Resource"] == EVENT_BUS:
            assert statement["Condition"] == {"StringEquals": {"events:source": {"Fn::Sub": "ponte.${Tenant}"}}}


def actions(sources) -> set:
    """The rights that these files of the store need."""
    texts = [path.read_text() for path in sources]
    called = {call for text in texts for call in re.findall(CALL, text)}
    within = {part for text in texts for part in re.findall(IN_A_TRANSACTION, text)}
    return {"dynamodb:" + "".join(word.title() for word in call.split("_")) for call in called} | {
        f"dynamodb:{part}Item" for part in within
    }


def test_the_syncs_the_flows_and_the_console_may_do_exactly_what_the_store_does():
    store = set((servers.ROOT / "shared/store/src").rglob("*.rs"))
    cases = {path for path in store if path.name == CASES}

    assert "dynamodb:PutItem" in actions(cases) - actions(store - cases)
    for name in FUNCTIONS:
        if binary(name).startswith("sync-"):
            assert of_the_table(name) == actions(store - cases), name
        elif binary(name) in expansion.FLOWS | expansion.SERVICE_ORDERS | {expansion.CONSOLE}:
            assert of_the_table(name) == actions(store), name


def test_the_function_that_strangers_reach_may_add_to_the_table_and_no_more():
    """It files what is new, in a transaction of puts; nothing is read, changed or removed."""
    (name,) = (name for name in FUNCTIONS if binary(name) == expansion.WEBHOOK)

    assert set(granted(ROLES[f"{name}Role"])) == {
        "dynamodb:PutItem",
        "secretsmanager:GetSecretValue",
        "events:PutEvents",
        "sqs:SendMessage",
    }


def test_opening_a_load_may_let_records_out_of_quarantine():
    """After an interruption cities and branches are sent again at once: a query, and a batch of removals."""
    allowed = set(granted(ROLES["InitialLoadRole"]))

    assert {"dynamodb:Query", "dynamodb:BatchWriteItem", "dynamodb:DeleteItem"} <= allowed


def test_the_state_machine_may_invoke_its_functions_only():
    invoked = granted(ROLES["InitialLoadMachineRole"])["lambda:InvokeFunction"]

    others = {*expansion.FLOWS, *expansion.SERVICE_ORDERS, expansion.WEBHOOK, expansion.CONSOLE}
    assert {resource["Fn::GetAtt"][0] for resource in invoked} == {
        name for name in FUNCTIONS if binary(name) not in others
    }
