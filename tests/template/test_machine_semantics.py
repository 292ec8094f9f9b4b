"""What the state machine does with each answer of a Lambda, by a second engine and scripted Lambdas."""

import json

import pytest

import servers
from lambda_fake import Fails, LambdaFake
from second_engine import moto

PREFIX = "ponte-demo"
DONE = {"more": False, "wait_seconds": 0}
ONE_STEP = ["Step", "IsThereMore", "Done"]
OPENED = {"load": "L1"}


@pytest.fixture(scope="module")
def lambdas():
    with LambdaFake({}) as fake:
        yield fake


@pytest.fixture(scope="module")
def engine(lambdas):
    definition = (servers.ROOT / "infra/statemachines/initial-load.asl.json").read_text()
    with moto(lambdas.url, definition.replace("${FunctionPrefix}", PREFIX), wait_scale=0.001) as started:
        yield started


def played(lambdas, engine, **script):
    """Runs the machine against a script; keys are binary names with underscores."""
    lambdas.play({f"{PREFIX}-{name.replace('_', '-')}": lines for name, lines in script.items()})
    return engine.run(60)


def called(lambdas) -> list:
    return [function.removeprefix(f"{PREFIX}-") for function, _ in lambdas.calls]


def steps(machine) -> list:
    return [step for wave in machine["States"]["Waves"]["Result"] for step in wave]


def test_a_load_opens_runs_every_step_once_and_finishes(lambdas, engine, machine):
    ended = played(lambdas, engine, initial_load=[OPENED, {"outcome": "finished"}])

    waves = [
        [{"state": "Wave", "iterations": [ONE_STEP for _ in wave]}] for wave in machine["States"]["Waves"]["Result"]
    ]
    assert ended.status == "SUCCEEDED"
    assert ended.trail == ["Open", "Waves", {"state": "Load", "iterations": waves}, "Finish", "Finished"]
    assert sorted(called(lambdas)) == sorted(["initial-load", *steps(machine), "initial-load"])


def test_the_waves_follow_each_other(lambdas, engine, machine):
    played(lambdas, engine, initial_load=[OPENED, {"outcome": "finished"}])

    order = called(lambdas)[1:-1]
    for wave in machine["States"]["Waves"]["Result"]:
        assert set(order[: len(wave)]) == set(wave)
        del order[: len(wave)]


def test_a_step_is_told_the_load_and_its_name(lambdas, engine):
    played(lambdas, engine, initial_load=[OPENED, {"outcome": "finished"}])

    first, *inner, last = [payload for _, payload in lambdas.calls]
    assert first["op"] == "open" and first["execution"].startswith("moto-")
    assert set(first) == {"op", "execution", "input"}
    assert all(payload["load"] == "L1" for payload in inner)
    assert [payload["step"] for payload in inner] == called(lambdas)[1:-1]
    assert last == {"op": "finish", "load": "L1"}


def test_a_step_with_more_to_do_is_called_again_after_the_wait(lambdas, engine):
    rounds = [{"more": True, "wait_seconds": 61}, {"more": True, "wait_seconds": 0}, DONE]
    ended = played(lambdas, engine, initial_load=[OPENED, {"outcome": "finished"}], sync_cidades=rounds)

    first_wave = ended.trail[2]["iterations"][0]
    assert first_wave[0]["iterations"] == [["Step", "IsThereMore", "Pause"] * 2 + ONE_STEP]
    assert called(lambdas).count("sync-cidades") == 3


@pytest.mark.parametrize("passing", ["RetryLater", "Sandbox.Timedout", "Runtime.ExitError", "Lambda.Unknown"])
def test_what_heals_by_itself_is_called_again(lambdas, engine, passing):
    rounds = [Fails(passing), Fails(passing), DONE]
    ended = played(lambdas, engine, initial_load=[OPENED, {"outcome": "finished"}], sync_bancos=rounds)

    assert ended.status == "SUCCEEDED"
    assert called(lambdas).count("sync-bancos") == 3


@pytest.mark.parametrize("lasting", ["FixConfig", "FixData", "AskPartner", "Bug"])
def test_what_people_must_mend_ends_the_load_with_its_cause(lambdas, engine, lasting):
    closed = {"outcome": "failed", "error": lasting, "cause": "the operator reads this"}
    ended = played(lambdas, engine, initial_load=[OPENED, closed], sync_pracas=[Fails(lasting)])

    assert (ended.status, ended.error) == ("FAILED", lasting)
    assert ended.trail[3:] == ["Close", "Outcome", "Failed"]
    assert called(lambdas).count("sync-pracas") == 1
    assert "sync-clientes" not in called(lambdas)
    # Not "the last call": a step beside the failing one may be asked while the load is closed already.
    (close,) = [asked for _, asked in lambdas.calls if asked.get("op") == "close"]
    assert close["error"]["Error"] == lasting
    assert json.loads(close["error"]["Cause"])["errorType"] == lasting


def test_an_incomplete_branch_interrupts_the_load(lambdas, engine):
    closed = {"outcome": "interrupted", "error": "BranchesIncomplete", "cause": "filial 1: CEP"}
    ended = played(
        lambdas, engine, initial_load=[OPENED, closed], branch_gate=[Fails("BranchesIncomplete", "filial 1: CEP")]
    )

    assert (ended.status, ended.output) == ("SUCCEEDED", {"closed": closed})
    assert ended.trail[3:] == ["Close", "Outcome", "Interrupted"]
    assert called(lambdas)[1:-1] == ["sync-cidades", "sync-filiais", "branch-gate"]


def test_retries_end_after_two_of_omies_longest_blocks(lambdas, engine):
    closed = {"outcome": "failed", "error": "RetryLater", "cause": "blocked"}
    ended = played(lambdas, engine, initial_load=[OPENED, closed], sync_clientes=[Fails("RetryLater")])

    assert (ended.status, ended.error) == ("FAILED", "RetryLater")
    assert called(lambdas).count("sync-clientes") == 9


def test_a_load_that_cannot_be_opened_fails_by_itself(lambdas, engine):
    ended = played(lambdas, engine, initial_load=[Fails("FixConfig", "no table")])

    assert (ended.status, ended.error) == ("FAILED", "FixConfig")
    assert ended.trail == ["Open"]
