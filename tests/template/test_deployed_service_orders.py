"""Service orders in the deployed stack: from the ERP's event to an SS and back, by way of the HTTP API and the event bus,
with the roles enforced. No sweep fires in these tests (deployed.py): what is worked was woken."""

import json
import urllib.parse

import pytest

import servers
from deployed import TENANT, request
from services import CREDENTIALS, UNIT, services

SENIOR, SISMETRO = "/webhooks/senior/service-order-finished", "/webhooks/sismetro/service-order"
EQUIPMENT = "/webhooks/senior/equipment"

pytestmark = pytest.mark.usefixtures("door")


@pytest.fixture(scope="module")
def erp(scale):
    with services(scale) as started:
        yield started


@pytest.fixture(scope="module")
def made(aws, outputs) -> str:
    """What the deployment made for the doors: a half for each partner."""
    found = aws.client("secretsmanager").get_secret_value(SecretId=outputs["SeniorSismetroSecretArn"])
    return json.loads(found["SecretString"])["webhook"]


def told(aws, word: dict) -> dict:
    """An operator's word, as `so` says it."""
    answer = aws.client("lambda").invoke(
        FunctionName=f"ponte-{TENANT}-ss-callback", Payload=json.dumps({"so": word, "actor": "ana"})
    )
    assert "FunctionError" not in answer, answer["Payload"].read()
    return json.load(answer["Payload"])


@pytest.fixture(scope="module")
def open_for_business(aws, outputs, made, erp) -> None:
    """What a person fills in after the first deploy: credentials, and settings that name the simulators."""
    filled = {**CREDENTIALS, "webhook": made}
    secrets = aws.client("secretsmanager")
    secrets.put_secret_value(SecretId=outputs["SeniorSismetroSecretArn"], SecretString=json.dumps(filled))
    answer = told(aws, {"op": "configure", "settings": erp.settings()})
    assert answer["done"] and answer["result"]["missing"] == [], answer


@pytest.fixture(scope="module")
def shown(made) -> dict:
    """What the ERP's Events hub shows in its headers."""
    return {"x_webhook_secret": made[:43]}


@pytest.fixture(scope="module")
def order(aws, outputs, open_for_business, shown, erp) -> str:
    """An order whose event was pushed, once."""
    event = erp.close()
    (order,) = event["about"]
    pushed = request(aws, outputs, "POST", SENIOR, event["body"], **shown)
    assert (pushed.status, json.loads(pushed.body)) == (200, {"accepted": True, "orderId": order})
    return order


@pytest.fixture(scope="module")
def opened(erp, order) -> int:
    """The SS of it."""
    servers.wait_for(lambda: erp.order(order)["observations"], f"a note on order {order}", 60)
    (ss,) = erp.of_order(order)
    return ss["number"]


def test_the_deployment_makes_a_secret_for_each_door(made):
    # MiniStack does not know ExcludePunctuation; test_kept.py holds that the template asks for it.
    assert len(made) == 86
    assert made[:43] != made[43:]


def test_before_somebody_has_filled_in_everything_partners_are_asked_to_come_again(aws, outputs):
    for path in (SENIOR, SISMETRO):
        answer = request(aws, outputs, "POST", path, "{}")
        assert answer.status == 503, path
        assert {name.lower(): value for name, value in answer.headers.items()}["retry-after"] == "60"


def test_a_sweep_before_that_does_nothing_and_says_why(aws, outputs):
    for name in ("ss-open", "ss-callback"):
        sweep = (servers.ROOT / "infra/events/schedule.json").read_text()
        answer = aws.client("lambda").invoke(FunctionName=f"ponte-{TENANT}-{name}", Payload=sweep)
        assert "FunctionError" not in answer, answer["Payload"].read()
        assert "configure" in json.load(answer["Payload"])["idle"]


@pytest.mark.parametrize("secret", ["", "wrong", "the key of the other door"])
def test_who_does_not_show_the_secret_is_401_and_nothing_is_stored(
    aws, outputs, open_for_business, made, secret
):
    secret = made[43:] if secret == "the key of the other door" else secret
    body = json.dumps({"orderId": "GUESSED", "equipment": {"id": "1"}})

    def refused():
        # The function remembers the secret for a minute; until it has seen the new one it asks to come again.
        answer = request(aws, outputs, "POST", SENIOR, body, x_webhook_secret=secret)
        return answer if answer.status != 503 else None

    answer = servers.wait_for(refused, "the function to read its secret", 30)
    assert (answer.status, answer.body) == (401, "")
    assert told(aws, {"op": "find", "text": "GUESSED"})["result"] == {"orders": []}


def test_a_pushed_event_is_stored_and_wakes_the_worker_that_opens_one_ss_and_notes_it(order, opened, erp):
    (noted,) = erp.order(order)["observations"]

    assert noted.startswith(f"Sismetro SS {opened} | https://")
    assert erp.forbidden() == []


def test_a_repeated_event_changes_nothing(aws, outputs, order, opened, shown, erp):
    body = json.dumps({"order": {"id": order}, "equipment": {"id": "88121"}})

    answer = request(aws, outputs, "POST", SENIOR, body, **shown)

    assert (answer.status, json.loads(answer.body)) == (200, {"accepted": True, "duplicate": True})
    assert len(erp.of_order(order)) == 1


def test_a_callback_wakes_the_worker_that_releases_the_order(aws, outputs, order, opened, made, erp):
    erp.conclude(opened)
    body = json.dumps({"event": "SS_COMPLETED", "eventId": "cb-1", "ss": opened, "orderId": order})

    stranger = request(aws, outputs, "POST", SISMETRO, body, unit=UNIT, key="wrong")
    ours = request(aws, outputs, "POST", SISMETRO, body, unit=UNIT, key=made[43:])
    again = request(aws, outputs, "POST", SISMETRO, body, unit=UNIT, key=made[43:])

    assert (stranger.status, ours.status, again.status) == (401, 202, 200)
    servers.wait_for(lambda: erp.order(order)["releases"], f"order {order} to be released", 60)
    assert len(erp.order(order)["releases"]) == 1
    assert erp.forbidden() == []


def test_the_poll_takes_its_turn_and_finds_nothing_to_look_at(aws, order, opened):
    """What a poll heals is in the tests of shared/service-orders, where an hour is nothing; here it has its rights."""
    poll = (servers.ROOT / "infra/events/poll.json").read_text()

    answer = aws.client("lambda").invoke(FunctionName=f"ponte-{TENANT}-ss-callback", Payload=poll)

    assert "FunctionError" not in answer, answer["Payload"].read()
    assert json.load(answer["Payload"])["poll"] == {
        "taken": False,
        "looked": 0,
        "ended": 0,
        "failed": 0,
        "attention": False,
    }


def test_equipment_is_found_once_the_woken_worker_has_read_the_register(aws, outputs, opened, shown):
    path = f"{EQUIPMENT}?{urllib.parse.urlencode({'q': 'bal-01'})}"
    assert request(aws, outputs, "GET", path, x_webhook_secret="wrong").status == 401

    def found():
        answer = request(aws, outputs, "GET", path, **shown)
        assert answer.status in (200, 429, 503), answer.body
        return json.loads(answer.body) if answer.status == 200 else None

    register = servers.wait_for(found, "the register of equipment", 120, every=4)
    assert [item["tag"] for item in register["items"]] == ["BAL-01"]
    assert register["items"][0]["idPatrimonio"]


def test_an_operator_sees_where_everything_stands(aws, order, opened):
    status = told(aws, {"op": "status"})["result"]
    shown = told(aws, {"op": "show", "order_id": order})["result"]

    assert status["missing"] == [] and status["summary"]["reasons"] == {}
    assert shown["ss"]["number"] == str(opened)
    assert "token=***" in shown["ss"]["link"]


def test_nothing_was_given_up_on_the_way(aws, opened, outputs):
    counted = aws.client("sqs").get_queue_attributes(
        QueueUrl=outputs["DeadLettersUrl"], AttributeNames=["ApproximateNumberOfMessages"]
    )

    assert counted["Attributes"]["ApproximateNumberOfMessages"] == "0"
