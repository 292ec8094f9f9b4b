"""Every job of the catalogue has a schedule, in the tenant's time zone, whose failures are kept."""

import re

import pytest

import expansion

FUNCTIONS = expansion.of_type("AWS::Lambda::Function")
SCHEDULES = expansion.of_type("AWS::Scheduler::Schedule")
JOBS = {name for name, found in FUNCTIONS.items() if found["Metadata"]["BuildProperties"]["Binary"].startswith("sync-")}
# minutes hours day-of-month month day-of-week year; one of the two days is "?".
CRON = re.compile(r"cron\((\d{1,2}|\*) (\d{1,2}|\*) (\?|\*|\d{1,2}) \* (\?|\*|[A-Z]{3}) \*\)")
RATE = re.compile(r"rate\((1 (minute|hour|day)|\d+ (minutes|hours|days))\)")


def target(schedule: dict) -> str:
    return schedule["Properties"]["Target"]["Arn"]["Fn::GetAtt"][0]


def test_each_job_has_one_schedule():
    assert sorted(target(schedule) for schedule in SCHEDULES.values()) == sorted(JOBS)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_complete(name, expanded):
    properties = SCHEDULES[name]["Properties"]

    assert properties["State"] == "ENABLED"
    assert properties["ScheduleExpressionTimezone"] == "America/Sao_Paulo"
    assert properties["Name"] == FUNCTIONS[target(SCHEDULES[name])]["Properties"]["FunctionName"]
    assert properties["Target"]["Input"] == '{"trigger":"schedule"}'
    assert properties["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 600, "MaximumRetryAttempts": 3}
    assert properties["Target"]["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}
    role = expanded["Resources"][properties["Target"]["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
    invoked = [
        statement["Resource"]["Fn::GetAtt"]
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == "lambda:InvokeFunction"
    ]
    assert invoked == [[target(SCHEDULES[name]), "Arn"]]


@pytest.mark.parametrize("name", SCHEDULES)
def test_an_expression_is_one_that_scheduler_accepts(name):
    """No linter checks these (shared/local-aws.md §5)."""
    expression = SCHEDULES[name]["Properties"]["ScheduleExpression"]
    cron = CRON.fullmatch(expression)

    assert cron or RATE.fullmatch(expression)
    if cron:
        minute, hour, day, weekday = cron.groups()
        assert minute == "*" or int(minute) < 60
        assert hour == "*" or int(hour) < 24
        assert (day == "?") != (weekday == "?")
        assert weekday in {"?", "*", "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}


def test_the_expressions_are_those_of_the_mapping():
    """contracts/omie-maxima-mapping.md §1, column Right."""
    written = {target(found): found["Properties"]["ScheduleExpression"] for found in SCHEDULES.values()}

    assert written == {
        "SyncCidades": "cron(0 2 * * ? *)",
        "SyncFiliais": "cron(5 2 * * ? *)",
        "SyncAtividades": "cron(10 2 * * ? *)",
        "SyncCobrancas": "cron(15 2 * * ? *)",
        "SyncPlanosPagamentos": "cron(20 2 * * ? *)",
        "SyncBancos": "cron(25 2 ? * SUN *)",
        "SyncVendedores": "rate(6 hours)",
        "SyncRegioes": "cron(5 * * * ? *)",
        "SyncPracas": "cron(20 * * * ? *)",
        "SyncClientes": "rate(15 minutes)",
    }
