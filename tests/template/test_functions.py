"""Every binary is a function with its own role, log, limits and dead letters."""

import re

import pytest
import tomllib

import expansion
import servers

FUNCTIONS = expansion.of_type("AWS::Lambda::Function")
# A tool of several files, as the command line of the operators is, has a folder there and no Lambda.
BINARIES = {path.stem for path in servers.ROOT.glob("functions/*/src/bin/*.rs")}
SHARED = {
    "PONTE_TENANT",
    "PONTE_TABLE",
    "PONTE_LOG",
    "PONTE_ADDRESS",
    "PONTE_RESERVE_SECONDS",
    "PONTE_SCHEDULER_ROLE",
    "PONTE_DEAD_LETTERS",
}
# What the console is given besides, for each integration that is on. A banner is for the runner of a pilot.
CONSOLES = {
    "PONTE_SECRET_OMIE_MAXIMA": ("HasOmieMaxima", "OmieMaximaSecret"),
    "PONTE_SECRET_SENIOR_SISMETRO": ("HasSeniorSismetro", "SeniorSismetroSecret"),
    "PONTE_LOAD_MACHINE": ("HasOmieMaxima", "InitialLoadMachine"),
}
A_SECRET = re.compile(r"password|secret_?key|app_secret|token", re.IGNORECASE)


def binary(function: dict) -> str:
    return function["Metadata"]["BuildProperties"]["Binary"]


def test_every_binary_is_a_function_and_every_function_a_binary():
    assert {binary(function) for function in FUNCTIONS.values()} == BINARIES


def test_a_function_is_named_after_its_binary():
    for function in FUNCTIONS.values():
        assert function["Properties"]["FunctionName"] == {"Fn::Sub": f"ponte-${{Tenant}}-{binary(function)}"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_complete(name, expanded):
    properties = FUNCTIONS[name]["Properties"]
    resources = expanded["Resources"]

    assert properties["Runtime"] == "provided.al2023"
    assert properties["Handler"] == "bootstrap"
    assert properties["Architectures"] == [{"Ref": "Architecture"}]
    # Nobody waits longer than 7 s for the webhook (contracts/omie.md §9), nor the HTTP API longer than 30. The service
    # orders answer requests too, but what takes long there is work.
    lives = {expansion.WEBHOOK: (5, 10), expansion.CONSOLE: (25, 29)}
    shortest, longest = lives.get(binary(FUNCTIONS[name]), (30, 900))
    assert shortest <= properties["Timeout"] <= longest
    assert 128 <= properties["MemorySize"] <= 1024
    assert properties["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
    assert properties["DeadLetterConfig"] == {"TargetArn": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}
    log = resources[properties["LoggingConfig"]["LogGroup"]["Ref"]]["Properties"]
    assert log["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/ponte-${{Tenant}}-{binary(FUNCTIONS[name])}"}
    asynchronous = resources[f"{name}EventInvokeConfig"]["Properties"]
    assert asynchronous["MaximumRetryAttempts"] <= 1


def test_the_reserve_of_a_run_fits_every_timeout():
    for function in FUNCTIONS.values():
        variables = function["Properties"]["Environment"]["Variables"]
        # The webhook is no run: it has nothing to save.
        if binary(function) != expansion.WEBHOOK:
            assert int(variables["PONTE_RESERVE_SECONDS"]) * 2 < function["Properties"]["Timeout"]


def test_who_works_on_cases_is_gone_before_others_take_them_over():
    """shared/sales: a case that was taken is due again after CLAIM; its holder must not live then. The nightly count
    takes none."""
    source = (servers.ROOT / "shared/sales/src/orders/machine.rs").read_text()
    (minutes,) = re.findall(r"const CLAIM: Duration = Duration::from_mins\((\d+)\)", source)

    for function in FUNCTIONS.values():
        if binary(function) in expansion.FLOWS - {"reconcile-pedidos"}:
            assert function["Properties"]["Timeout"] < int(minutes) * 60


def test_who_calls_for_a_service_order_lives_long_enough_for_the_call():
    """shared/service-orders: a call that changes something is only begun when CALL is left, and a turn of the poll looks
    at so many SS at the pace that Sismetro allows."""
    steps = (servers.ROOT / "shared/service-orders/src/steps/mod.rs").read_text()
    settings = (servers.ROOT / "shared/service-orders/src/settings.rs").read_text()
    (call,) = re.findall(r"const CALL: Duration = Duration::from_secs\((\d+)\)", steps)
    (per_turn,) = re.findall(r"poll_per_turn: (\d+)", settings)

    found = {binary(function): function["Properties"] for function in FUNCTIONS.values()}
    for name in expansion.SERVICE_ORDERS:
        reserve = int(found[name]["Environment"]["Variables"]["PONTE_RESERVE_SECONDS"])
        assert found[name]["Timeout"] - reserve >= max(180, 2 * int(call)), name
    assert found["ss-callback"]["Timeout"] >= int(per_turn) * 60 / 9


def test_the_environment_names_the_secret_and_holds_none():
    for function in FUNCTIONS.values():
        variables = function["Properties"]["Environment"]["Variables"]
        further = set(CONSOLES) if binary(function) == expansion.CONSOLE else set()
        assert set(variables) - {"PONTE_SECRET"} == SHARED | further
        assert not any(A_SECRET.search(str(value)) for value in variables.values() if isinstance(value, str))
        assert variables["PONTE_SCHEDULER_ROLE"] == {"Fn::GetAtt": ["SchedulerRole", "Arn"]}
        assert variables["PONTE_DEAD_LETTERS"] == {"Fn::GetAtt": ["DeadLetters", "Arn"]}
        secret = {"Ref": expansion.secret(binary(function))}
        assert variables.get("PONTE_SECRET", secret) == secret


def test_the_console_is_given_what_it_reads_and_only_of_what_is_switched_on():
    source = (servers.ROOT / "shared/runtime/src/config/console.rs").read_text()
    given = FUNCTIONS["Console"]["Properties"]["Environment"]["Variables"]

    assert set(re.findall(r'optional\("(\w+)"\)', source)) == {*CONSOLES, "PONTE_BANNER"}
    for variable, (condition, resource) in CONSOLES.items():
        assert given[variable] == {"Fn::If": [condition, {"Ref": resource}, {"Ref": "AWS::NoValue"}]}


def test_a_function_is_behind_the_switch_of_its_integration_and_the_console_behind_none():
    for function in FUNCTIONS.values():
        switch = expansion.integration(binary(function))
        assert function.get("Condition") == expansion.INTEGRATIONS.get(switch), binary(function)
    assert "Condition" not in FUNCTIONS["Console"]


def test_the_shipped_profile_unwinds_whatever_cargo_lambda_adds():
    profile = tomllib.loads((servers.ROOT / "Cargo.toml").read_text())["profile"]["release"]

    assert profile["panic"] == "unwind"
    # Each key that is missing here is one that cargo-lambda sets on its own.
    assert {"panic", "lto", "codegen-units", "strip"} <= set(profile)
