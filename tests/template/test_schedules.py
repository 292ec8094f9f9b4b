"""Every job of the catalogue has a schedule, in the tenant's time zone, whose failures are kept; where Omie can list
changes, a nightly one besides that reads everything."""

import json
import re

import pytest

import expansion
import servers

FUNCTIONS = expansion.of_type("AWS::Lambda::Function")
SCHEDULES = expansion.of_type("AWS::Scheduler::Schedule")
JOBS = {
    name
    for name, binary in expansion.binaries().items()
    if binary.startswith("sync-") or binary in expansion.FLOWS
}
SERVICE_ORDERS = {name for name, binary in expansion.binaries().items() if binary in expansion.SERVICE_ORDERS}
# minutes hours day-of-month month day-of-week year; one of the two days is "?".
TIMES = r"\d{1,2}(?:/\d{1,2})?|\*"
CRON = re.compile(rf"cron\(({TIMES}) ({TIMES}) (\?|\*|\d{{1,2}}) \* (\?|\*|[A-Z]{{3}}) \*\)")
RATE = re.compile(r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)")
# The kind of a schedule and the sample of what it sends (infra/events).
KINDS = {
    "Schedule": "schedule.json",
    "Reconcile": "reconcile.json",
    "Sweep": "schedule.json",
    "Poll": "poll.json",
}


def target(schedule: dict) -> str:
    return schedule["Properties"]["Target"]["Arn"]["Fn::GetAtt"][0]


def kind(name: str) -> str:
    """One of KINDS: the event of the template that the schedule comes from."""
    return name.removeprefix(target(SCHEDULES[name]))


def written(of_kind: str) -> dict:
    """Job to expression."""
    found = {name: schedule for name, schedule in SCHEDULES.items() if kind(name) == of_kind}
    return {target(schedule): schedule["Properties"]["ScheduleExpression"] for schedule in found.values()}


def test_each_job_has_one_schedule():
    assert sorted(target(schedule) for name, schedule in SCHEDULES.items() if kind(name) == "Schedule") == sorted(JOBS)
    assert {kind(name) for name in SCHEDULES} == set(KINDS)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_complete(name):
    properties = SCHEDULES[name]["Properties"]
    sample = KINDS[kind(name)]
    binary = expansion.binaries()[target(SCHEDULES[name])]
    called = {"Reconcile": binary.replace("sync-", "reconcile-"), "Poll": f"{binary}-poll"}.get(kind(name), binary)

    assert properties["State"] == "ENABLED"
    assert properties["ScheduleExpressionTimezone"] == "America/Sao_Paulo"
    assert properties["Name"] == {"Fn::Sub": f"ponte-${{Tenant}}-{called}"}
    assert json.loads(properties["Target"]["Input"]) == json.loads((servers.ROOT / "infra/events" / sample).read_text())
    assert properties["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 600, "MaximumRetryAttempts": 3}
    assert properties["Target"]["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}
    assert properties["Target"]["RoleArn"] == {"Fn::GetAtt": ["SchedulerRole", "Arn"]}


@pytest.mark.parametrize("name", SCHEDULES)
def test_an_expression_is_one_that_scheduler_accepts(name):
    """No linter checks these (shared/local-aws.md §5)."""
    expression = SCHEDULES[name]["Properties"]["ScheduleExpression"]
    cron = CRON.fullmatch(expression)

    assert cron or RATE.fullmatch(expression)
    if cron:
        minute, hour, day, weekday = cron.groups()
        assert all(number == "*" or int(number) < 60 for number in minute.split("/"))
        assert all(number == "*" or int(number) < 24 for number in hour.split("/"))
        assert (day == "?") != (weekday == "?")
        assert weekday in {"?", "*", "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}


def test_a_rate_of_one_is_singular_and_of_more_is_not():
    """Scheduler refuses "1 minutes" and "2 minute" at deploy, and the orders come by such rates."""
    for refused in ("rate(1 minutes)", "rate(2 minute)", "rate(0 minutes)", "rate(1minute)"):
        assert not RATE.fullmatch(refused), refused
    often = {job: written("Schedule")[job] for job in ("ImportPedidos", "StatusPedidos", "ImportClientes")}
    assert all(RATE.fullmatch(expression) for expression in often.values())


def test_the_expressions_are_those_of_the_mapping():
    """contracts/omie-maxima-mapping.md §1, column Right. What is made of another job's listing follows it within the
    same period; suppliers and carriers come with the customers."""
    assert written("Schedule") == {
        "SyncCidades": "cron(0 2 * * ? *)",
        "SyncFiliais": "cron(5 2 * * ? *)",
        "SyncAtividades": "cron(10 2 * * ? *)",
        "SyncCobrancas": "cron(15 2 * * ? *)",
        "SyncPlanosPagamentos": "cron(20 2 * * ? *)",
        "SyncBancos": "cron(25 2 ? * SUN *)",
        "SyncTributos": "cron(30 2 * * ? *)",
        "SyncVendedores": "rate(6 hours)",
        "SyncProdutosFornecedores": "rate(6 hours)",
        "SyncRegioes": "cron(5 * * * ? *)",
        "SyncPracas": "cron(20 * * * ? *)",
        "SyncDepartamentos": "cron(10 0/6 * * ? *)",
        "SyncSecoes": "cron(25 0/6 * * ? *)",
        "SyncClientes": "rate(15 minutes)",
        "SyncProdutos": "rate(30 minutes)",
        "SyncProdutosFiliais": "cron(10/30 * * * ? *)",
        "SyncEstoques": "rate(15 minutes)",
        "SyncPrecos": "rate(30 minutes)",
        "SyncTitulos": "rate(1 hour)",
        "SyncHistoricos": "rate(15 minutes)",
        "ImportPedidos": "rate(1 minute)",
        "ImportClientes": "rate(5 minutes)",
        "StatusPedidos": "rate(2 minutes)",
        "ReconcilePedidos": "cron(30 4 * * ? *)",
    }


def test_what_omie_can_list_changes_of_is_read_whole_every_night():
    """Only a reading of everything says what is gone (mapping §3): one after the other, when nobody sells."""
    assert written("Reconcile") == {
        "SyncVendedores": "cron(35 2 * * ? *)",
        "SyncClientes": "cron(0 3 * * ? *)",
        "SyncProdutos": "cron(15 3 * * ? *)",
        "SyncPrecos": "cron(30 3 * * ? *)",
        "SyncTitulos": "cron(45 3 * * ? *)",
        "SyncHistoricos": "cron(0 4 * * ? *)",
    }


def test_service_orders_are_swept_every_minute_and_asked_about_every_half_hour():
    """contracts/service-order-flow.md §1, §8.3."""
    assert written("Sweep") == {function: "rate(1 minute)" for function in SERVICE_ORDERS}
    assert written("Poll") == {"SsCallback": "rate(30 minutes)"}
