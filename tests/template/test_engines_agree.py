"""The same state machine file, the same Lambdas, two engines: our interpreter and moto's come to the same end by
the same path.

Each engine has a tenant of its own, so that neither finds the other's work done; both tenants are treated alike.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

import servers
from runner import runner
from second_engine import moto
from trails import without_rounds

# Not more: leases last 2 min of virtual time, and a busy machine must renew them in the real rest of it.
SPEED = 20


@dataclass(frozen=True)
class End:
    """How an execution ended, as far as engines must agree."""

    status: str
    output: dict | None
    error: str | None
    trail: list


@pytest.fixture(scope="module")
def ours():
    with runner("runner-ours", SPEED) as started:
        yield started


@pytest.fixture(scope="module")
def theirs():
    with runner("runner-theirs", SPEED) as started:
        yield started


@pytest.fixture(scope="module")
def second(theirs):
    definition = (servers.ROOT / "infra/statemachines/initial-load.asl.json").read_text()
    definition = definition.replace("${FunctionPrefix}", theirs.prefix)
    with moto(theirs.url, definition, wait_scale=1 / SPEED) as engine:
        yield engine


@pytest.fixture
def both(ours, theirs, second):
    """Does something to both tenants, runs the load in both, and gives both ends."""

    def run(prepare=lambda partners: None):
        for tenant in (ours, theirs):
            prepare(tenant.partners)
        with ThreadPoolExecutor() as pool:
            first, other = (started.result() for started in [pool.submit(ours.run), pool.submit(second.run)])
        return (
            End(first["status"], first.get("output"), first.get("error"), without_rounds(first["path"])),
            End(other.status, other.output, other.error, without_rounds(other.trail)),
        )

    return run


def last(end: End) -> list:
    """The states after the Map over the waves."""
    return end.trail[3:]


# The cases follow each other on the same two tenants, as they would in a customer's life.


def test_an_incomplete_branch_interrupts_both(both):
    first, other = both(lambda partners: partners.empty("Empresas", "inscricao_estadual"))

    assert first == other
    assert first.output["closed"]["outcome"] == "interrupted"
    assert last(first) == ["Close", "Outcome", "Interrupted"]


def test_after_the_fix_both_continue_to_the_end(both, ours, theirs):
    first, other = both(lambda partners: partners.fix_branch())

    assert first == other
    assert last(first) == ["Finish", "Finished"]
    assert ours.partners.stored() == theirs.partners.stored()
    assert ours.partners.stored()["Clientes"]


def test_a_failing_partner_is_tried_again_by_both(both, ours, theirs):
    before = [tenant.invocations("sync-cidades") for tenant in (ours, theirs)]

    first, other = both(lambda partners: partners.fault("PesquisarCidades", "html", 6))

    assert first == other
    assert last(first) == ["Finish", "Finished"]
    after = [tenant.invocations("sync-cidades") for tenant in (ours, theirs)]
    assert all(now - then >= 2 for now, then in zip(after, before))


def test_credentials_that_are_refused_fail_both(both):
    first, other = both(lambda partners: partners.fault("ListarClientes", "unauthorized", 1))

    assert first == other
    assert (first.status, first.error) == ("FAILED", "FixConfig")
    assert last(first) == ["Close", "Outcome", "Failed"]


def test_a_failed_load_is_continued_by_both(both):
    first, other = both()

    assert first == other
    assert last(first) == ["Finish", "Finished"]


def test_omie_never_had_to_refuse_either(ours, theirs):
    assert ours.partners.refusals() == {}
    assert theirs.partners.refusals() == {}
