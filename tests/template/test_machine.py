"""The state machine against the template: waves, names, retries."""

import expansion

# Orders, customers and service orders wait for the load, the console watches it; none is a part of it.
OTHERS = {*expansion.FLOWS, *expansion.SERVICE_ORDERS, expansion.WEBHOOK, expansion.CONSOLE}
FUNCTIONS = set(expansion.binaries().values()) - OTHERS
REMEDIES_FOR_PEOPLE = {"FixConfig", "FixData", "AskPartner", "Bug", "BranchesIncomplete"}
CATCH_ALL = {"States.ALL", "States.TaskFailed"}


def states(machine: dict):
    """Every state, also those inside Maps."""
    for name, state in machine["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states(state["ItemProcessor"])


def test_every_step_is_a_function_and_every_job_a_step(machine):
    steps = [step for wave in machine["States"]["Waves"]["Result"] for step in wave]

    assert len(steps) == len(set(steps))
    assert set(steps) == FUNCTIONS - {"initial-load"}


def test_the_gate_stands_alone_between_the_branches_and_the_rest(machine):
    waves = machine["States"]["Waves"]["Result"]

    assert waves.index(["branch-gate"]) == waves.index(["sync-filiais"]) + 1


def test_the_machine_is_in_jsonpath_mode(machine):
    assert machine["QueryLanguage"] == "JSONPath"
    assert not any("QueryLanguage" in state for _, state in states(machine))


def test_only_what_heals_by_itself_is_retried(machine):
    for name, state in states(machine):
        if state["Type"] == "Task":
            retried = {error for retry in state["Retry"] for error in retry["ErrorEquals"]}
            assert "RetryLater" in retried, name
            assert not retried & (REMEDIES_FOR_PEOPLE | CATCH_ALL), name


def test_the_longest_wait_passes_omies_longest_block(machine):
    step = dict(states(machine))["Step"]
    retry = next(retry for retry in step["Retry"] if retry["ErrorEquals"] == ["RetryLater"])
    waits = [
        min(retry["IntervalSeconds"] * retry["BackoffRate"] ** attempt, retry["MaxDelaySeconds"])
        for attempt in range(retry["MaxAttempts"])
    ]

    # omie.md §3: a method is blocked for 30 minutes; our client adds 30 s.
    assert max(waits) == 30 * 60 + 30
    assert sum(waits) > 2 * (30 * 60 + 30)


def test_what_runs_side_by_side_stays_below_omies_limit_per_address(machine):
    # omie.md §3: 960 a minute per address; a lane sends 225.
    assert dict(states(machine))["Wave"]["MaxConcurrency"] * 225 < 960
    assert machine["States"]["Load"]["MaxConcurrency"] == 1


def test_the_machine_logs_without_data_and_is_not_traced(expanded):
    properties = expanded["Resources"]["InitialLoadMachine"]["Properties"]

    assert properties["LoggingConfiguration"]["Level"] == "ALL"
    assert properties["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert properties["TracingConfiguration"] == {"Enabled": False}
    assert properties["DefinitionSubstitutions"] == {"FunctionPrefix": {"Fn::Sub": "ponte-${Tenant}"}}
