"""R14 of contracts/service-order-flow.md §13: functions, routes, schedules, dead letters and the table of the service
orders are in the template, and the tenant is taken from its parameters. (The table has no secondary index: marks and due
times are items of their own, written in the transaction of their case; shared/store.)"""

import re

import pytest

import expansion

ON = {"SeniorSismetro"}
FUNCTIONS = {"SsOpen": "ss-open", "SsCallback": "ss-callback"}


@pytest.fixture(scope="module")
def stack() -> dict:
    """What is there where only the service orders are switched on."""
    return expansion.there(ON)


def of_type(stack: dict, kind: str) -> dict:
    return {name: found["Properties"] for name, found in stack.items() if found["Type"] == kind}


def test_r14_two_functions_with_their_routes(stack):
    functions = of_type(stack, "AWS::Lambda::Function")
    for name, binary in FUNCTIONS.items():
        assert functions[name]["FunctionName"] == {"Fn::Sub": f"ponte-${{Tenant}}-{binary}"}

    served = {route: function for route, function in expansion.routes().items() if function in FUNCTIONS}
    assert served == {
        "POST /webhooks/senior/service-order-finished": "SsOpen",
        "GET /webhooks/senior/equipment": "SsOpen",
        "POST /webhooks/sismetro/{proxy+}": "SsCallback",
    }


def test_r14_a_sweep_each_minute_for_each_and_the_poll_each_half_hour(stack):
    schedules = of_type(stack, "AWS::Scheduler::Schedule").values()
    found = {
        (schedule["Target"]["Arn"]["Fn::GetAtt"][0], schedule["ScheduleExpression"], '"poll"' in str(schedule))
        for schedule in schedules
        if schedule["Target"]["Arn"]["Fn::GetAtt"][0] in FUNCTIONS
    }
    assert {(name, rate) for name, rate, _ in found} == {
        ("SsOpen", "rate(1 minute)"),
        ("SsCallback", "rate(1 minute)"),
        ("SsCallback", "rate(30 minutes)"),
    }
    for schedule in schedules:
        assert "DeadLetterConfig" in schedule["Target"]


def test_r14_what_is_stored_wakes_its_worker_and_what_is_not_told_is_kept(stack):
    rules = of_type(stack, "AWS::Events::Rule")
    woken = {}
    for rule in rules.values():
        for target in rule["Targets"]:
            name = target["Arn"].get("Fn::GetAtt", [""])[0]
            if name in FUNCTIONS:
                assert "DeadLetterConfig" in target
                woken[name] = rule["EventPattern"]["detail-type"]
    assert woken == {"SsOpen": ["so-open"], "SsCallback": ["so-close"]}
    functions = of_type(stack, "AWS::Lambda::Function")
    for name in FUNCTIONS:
        assert functions[name]["DeadLetterConfig"] == {"TargetArn": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}


def test_r14_one_table_that_is_kept_and_forgets_by_its_ttl(stack):
    (table,) = of_type(stack, "AWS::DynamoDB::Table").values()
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert stack["Table"]["DeletionPolicy"] == "Retain"


def test_r14_the_tenant_is_a_parameter_and_every_name_carries_it(stack):
    assert "Tenant" in expansion.template()["Parameters"]
    functions = of_type(stack, "AWS::Lambda::Function")
    for name in FUNCTIONS:
        assert functions[name]["Environment"]["Variables"]["PONTE_TENANT"] == {"Ref": "Tenant"}
        assert not re.search(r"demo|acme", str(functions[name]))
