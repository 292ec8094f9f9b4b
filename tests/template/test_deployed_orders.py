"""Orders in the deployed stack: from a seller into Omie and back, by way of the HTTP API and the event bus, with the roles
enforced; the same order in Omie as locally."""

import json

import pytest

import servers
from deployed import TENANT, request
from partners import SECRET

# The routes are there before a test asks one.
pytestmark = pytest.mark.usefixtures("door")

KIND, SEED = "cash", 7
# What differs between two orders that are the same.
OF_ITS_OWN = {"codigo_pedido", "numero_pedido", "data_previsao", "codigo_item"}


def event(name: str) -> str:
    return (servers.ROOT / "infra/events" / name).read_text()


def sold(partners) -> str:
    """Places the order. The first code of the cloud is one that somebody has typed into the simulated Omie, so a quotation
    takes it, which nobody imports."""
    partners.sell("quotation", SEED)
    return partners.sell(KIND, SEED)


def taken(partners, invoke, order: str) -> dict:
    """Lets the import have its turns until the seller has an answer."""

    def answered():
        invoke()
        seen = partners.sold(order)
        return seen if seen["status"] in (4, 5) else None

    return servers.wait_for(answered, f"an answer to order {order}", 90, every=1)


def contents(order: dict):
    """The order without what is its own."""
    if isinstance(order, dict):
        return {name: contents(value) for name, value in order.items() if name not in OF_ITS_OWN}
    return [contents(item) for item in order] if isinstance(order, list) else order


@pytest.fixture(scope="module")
def order(aws, loaded, simulated) -> str:
    """An order that was imported."""
    order = sold(simulated)

    def invoke():
        name = f"ponte-{TENANT}-import-pedidos"
        answer = aws.client("lambda").invoke(FunctionName=name, Payload=event("schedule.json"))
        assert "FunctionError" not in answer, answer["Payload"].read()

    taken(simulated, invoke, order)
    return order


def posted(aws, outputs, path: str, body: str) -> int:
    """Posts as Omie does; the status of the answer."""
    return request(aws, outputs, "POST", path, body).status


def notice(order: str, message: str) -> str:
    body = {
        "messageId": message,
        "topic": "VendaProduto.EtapaAlterada",
        "event": {"codIntPedido": order},
        "appKey": SECRET["omie"]["app_key"],
    }
    return json.dumps(body)


def test_an_order_is_in_omie_once_and_its_seller_reads_the_number(order, simulated):
    seen = simulated.sold(order)

    assert seen["status"] == 4, seen["critiques"]
    (in_omie,) = simulated.ordered(order)
    assert seen["numpederp"] == in_omie["cabecalho"]["numero_pedido"].lstrip("0")
    assert simulated.forbidden() == []


def test_the_order_is_the_one_that_the_local_stack_sends(order, simulated, local):
    theirs = sold(local.partners)
    trigger = json.loads(event("schedule.json"))
    taken(local.partners, lambda: local.invoke("import-pedidos", trigger), theirs)

    ours, locally = simulated.ordered(order)[0], local.partners.ordered(theirs)[0]
    for part in ("det", "total_pedido", "informacoes_adicionais", "frete"):
        assert contents(ours[part]) == contents(locally[part]), part
    assert ours["cabecalho"]["codigo_cliente"] == locally["cabecalho"]["codigo_cliente"]
    assert ours["cabecalho"]["codigo_parcela"] == locally["cabecalho"]["codigo_parcela"]


@pytest.mark.parametrize("path", ["/webhooks/omie", "/webhooks/omie/guessed", "/webhooks/omie?secret=guessed"])
def test_who_does_not_know_the_secret_is_told_that_nobody_lives_here(aws, outputs, order, path):
    assert posted(aws, outputs, path, notice(order, "guessed")) == 404
    assert stored(aws, outputs, "guessed") is None


def stored(aws, outputs, message: str) -> dict | None:
    key = {"pk": {"S": f"case#{message}"}, "sk": {"S": "k#webhook"}}
    return aws.client("dynamodb").get_item(TableName=outputs["TableName"], Key=key).get("Item")


def test_a_webhook_is_stored_and_wakes_the_worker_that_tells_the_seller(aws, outputs, order, simulated):
    """No schedule of status-pedidos fires in this test (deployed.py)."""
    simulated.put_in_stage(order, "20")

    assert posted(aws, outputs, f"/webhooks/omie/{SECRET['webhook']}", notice(order, "by-path")) == 200

    assert stored(aws, outputs, "by-path")
    servers.wait_for(lambda: simulated.sold(order)["timeline"] == "L", "the seller to read that it is released", 60)


def test_the_secret_in_the_query_will_do_and_a_repetition_changes_nothing(aws, outputs, order):
    path = f"/webhooks/omie?secret={SECRET['webhook']}"

    assert posted(aws, outputs, path, notice(order, "by-query")) == 200
    came = stored(aws, outputs, "by-query")
    assert posted(aws, outputs, path, notice(order, "by-query")) == 200

    # When it came is when it came first.
    received = [json.loads(item["body"]["S"])["received"] for item in (came, stored(aws, outputs, "by-query"))]
    assert received[0] == received[1]


def test_both_sides_are_counted_and_every_order_is_explained(aws, order):
    answer = aws.client("lambda").invoke(
        FunctionName=f"ponte-{TENANT}-reconcile-pedidos", Payload=event("schedule.json")
    )

    assert "FunctionError" not in answer, answer["Payload"].read()
    assert json.load(answer["Payload"]) == {"more": False}


def test_new_customers_are_asked_for(aws, order):
    answer = aws.client("lambda").invoke(FunctionName=f"ponte-{TENANT}-import-clientes", Payload=event("schedule.json"))

    assert "FunctionError" not in answer, answer["Payload"].read()


def test_nothing_was_given_up_on_the_way(aws, order, outputs):
    counted = aws.client("sqs").get_queue_attributes(
        QueueUrl=outputs["DeadLettersUrl"], AttributeNames=["ApproximateNumberOfMessages"]
    )

    assert counted["Attributes"]["ApproximateNumberOfMessages"] == "0"
