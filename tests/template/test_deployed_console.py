"""The operator's console in the deployed stack: let in by the key that the deployment made, over the deployed table,
scheduler and secrets, with its role enforced."""

import json
from urllib.parse import quote

import pytest

import servers
from browser import Browser
from deployed import TENANT
from ministack import REGION
from partners import SECRET
from services import CREDENTIALS

JOB, SCHEDULE = "/console/jobs/cidades", f"ponte-{TENANT}-sync-cidades"
ASKED = f"ponte-{TENANT}-sync-cobrancas-e-continue"
LOAD = f"ponte-{TENANT}-initial-load-e-continue"
REASON = "obras no galpão"
READ = "chave-de-leitura-de-teste"

pytestmark = pytest.mark.usefixtures("door", "loaded")


@pytest.fixture(scope="module")
def made(aws, outputs) -> str:
    """The key that the deployment made."""
    found = aws.client("secretsmanager").get_secret_value(SecretId=outputs["ConsoleSecretArn"])
    keys = json.loads(found["SecretString"])
    assert keys["read"] == ""
    return keys["operate"]


@pytest.fixture
def stranger(aws, outputs) -> Browser:
    return Browser(aws.url, outputs["ApiUrl"].removeprefix("http://"))


@pytest.fixture
def operator(stranger, made) -> Browser:
    entered = stranger.enter(made)
    assert (entered.status, entered.location) == (303, "/console"), entered.words
    return stranger


def schedule(aws, name: str = SCHEDULE) -> dict:
    found = aws.client("scheduler").get_schedule(Name=name)
    del found["ResponseMetadata"]
    return found


def schedules(aws) -> set:
    found = aws.client("scheduler").list_schedules(NamePrefix=f"ponte-{TENANT}-")["Schedules"]
    return {one["Name"] for one in found}


def test_the_address_of_the_console_is_an_output(outputs):
    assert outputs["ConsoleUrl"] == outputs["ApiUrl"] + "/console"


def test_a_stranger_is_led_to_the_door_from_every_page(stranger):
    for path in ("/console", "/console/jobs", "/console/configuracao/omie"):
        answer = stranger.get(path)
        assert (answer.status, answer.location.split("?")[0]) == (303, "/console/entrar"), path

    door = stranger.get("/console/entrar")
    assert door.status == 200 and 'lang="pt-BR"' in door.text and 'type="password"' in door.text
    assert "script-src 'self'" in door.headers["Content-Security-Policy"]
    (style,) = (part for part in door.text.split('"') if part.endswith(".css"))
    assert stranger.get(style).headers["Content-Type"].startswith("text/css")


def test_a_stranger_changes_nothing(aws, stranger):
    before = schedule(aws)

    answer = stranger.send(f"{JOB}/sync-cidades/pausar", motivo=REASON, horas="")

    # Whose session has ended comes back to the page of the form.
    assert (answer.status, answer.location) == (303, f"/console/entrar?volta={quote(JOB, safe='')}")
    assert schedule(aws) == before


def test_a_key_that_was_not_made_opens_nothing(stranger, made):
    for key in ("", "chave-que-ninguem-fez", made[:-1]):
        assert stranger.enter(key).status == 401, key
    assert stranger.cookies == {}


def test_the_session_is_for_this_site_over_tls(stranger, made):
    cookie = stranger.enter(made).headers["Set-Cookie"]

    for part in ("Path=/console", "HttpOnly", "SameSite=Strict", "Secure"):
        assert part in cookie.split("; "), part


def test_the_jobs_are_those_of_the_deployed_scheduler(operator):
    page = operator.get("/console/jobs")

    assert page.status == 200
    assert "não respondeu" not in page.text
    for job in ("cidades", "clientes", "import-pedidos"):
        assert f'href="/console/jobs/{job}"' in page.text
    # The deployment of these tests fires this one every minute, and not on Sundays as the catalogue has it.
    assert "a cada 1 min" in operator.get("/console/jobs/bancos").text


def test_a_page_of_each_part_is_there(operator):
    parts = ("", "/pedidos", "/clientes", "/quarentena", "/os", "/de-para", "/configuracao", "/auditoria")
    for path in (f"/console{part}" for part in parts):
        page = operator.get(path)
        assert page.status == 200 and "<h1>" in page.text, path


def test_a_schedule_is_paused_and_resumed_in_the_scheduler(aws, operator):
    before = schedule(aws)

    paused = operator.post(f"{JOB}/sync-cidades/pausar", motivo=REASON, horas="")
    assert "pausado" in operator.after(paused)
    during = schedule(aws)
    assert (during["State"], during["Description"]) == ("DISABLED", f"{REASON} (Ana Teste)")
    assert during["Target"] == before["Target"]

    operator.after(operator.post(f"{JOB}/sync-cidades/retomar", motivo="pronto"))
    after = schedule(aws)
    assert after["State"] == "ENABLED"
    assert [after[part] for part in ("ScheduleExpression", "Target")] == [
        before[part] for part in ("ScheduleExpression", "Target")
    ]


def test_a_form_without_the_token_of_its_session_changes_nothing(aws, operator):
    answer = operator.send(f"{JOB}/sync-cidades/pausar", motivo=REASON, horas="")

    assert answer.status == 403
    assert schedule(aws)["State"] == "ENABLED"


def test_a_run_is_asked_for_by_a_schedule_that_fires_once_and_taken_back(aws, operator):
    operator.after(operator.post("/console/jobs/cobrancas/rodar", motivo="conferir", completa="sim"))

    asked, nightly = schedule(aws, ASKED), schedule(aws)
    assert asked["ScheduleExpression"].startswith("at(")
    assert asked["ActionAfterCompletion"] == "DELETE"
    assert asked["Target"]["Arn"].endswith(f":function:ponte-{TENANT}-sync-cobrancas")
    assert asked["Target"]["RoleArn"] == nightly["Target"]["RoleArn"]
    assert json.loads(asked["Target"]["Input"])["full"] is True

    operator.after(operator.post("/console/jobs/cobrancas/cancelar", motivo="engano"))
    assert ASKED not in schedules(aws)


def test_a_dry_run_of_the_load_is_asked_for_in_the_schedulers_role(aws, outputs, operator):
    operator.after(operator.post("/console/configuracao/ensaio"))

    target = schedule(aws, LOAD)["Target"]
    assert target["Arn"] == outputs["InitialLoadArn"]
    assert json.loads(target["Input"]) == {"dry": True}

    operator.after(operator.post("/console/configuracao/ensaio/cancelar", motivo="engano"))
    assert LOAD not in schedules(aws)


def test_a_login_is_tried_and_kept_beside_what_else_is_in_the_secret(aws, outputs, operator):
    def kept() -> tuple:
        found = aws.client("secretsmanager").get_secret_value(SecretId=outputs["OmieMaximaSecretArn"])
        return found["VersionId"], json.loads(found["SecretString"])

    before = kept()
    assert before[1] == SECRET

    wrong = operator.post("/console/configuracao/maxima", login="outro", password="senha-que-nao-vale")
    assert wrong.status == 422 and "senha-que-nao-vale" not in wrong.text
    assert kept() == before

    right = operator.post("/console/configuracao/maxima", **SECRET["maxima"])
    assert right.status == 303, right.words
    after = kept()
    assert after[0] != before[0], "nothing was written"
    assert after[1] == SECRET


def alarm(name: str, state: str) -> str:
    """What CloudWatch puts on the bus when an alarm changes; nobody else may, in MiniStack as in AWS."""
    return json.dumps(
        {
            "version": "0",
            "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
            "detail-type": "CloudWatch Alarm State Change",
            "source": "aws.cloudwatch",
            "account": "000000000000",
            "time": "2026-03-02T14:00:00Z",
            "region": REGION,
            "resources": [f"arn:aws:cloudwatch:{REGION}:000000000000:alarm:{name}"],
            "detail": {"alarmName": name, "state": {"value": state}},
        }
    )


def test_the_rule_lets_in_the_alarms_of_this_tenant(aws, outputs):
    events = aws.client("events")
    pattern = events.describe_rule(Name=f"ponte-{TENANT}-alarms")["EventPattern"]

    for name, is_ours in ((f"ponte-{TENANT}-dead-letters", True), ("ponte-outro-dead-letters", False)):
        assert events.test_event_pattern(EventPattern=pattern, Event=alarm(name, "ALARM"))["Result"] is is_ours, name


def test_an_alarm_rings_on_the_first_page_until_it_is_over(aws, operator):
    def told(state: str) -> str:
        event = alarm(f"ponte-{TENANT}-dead-letters", state)
        answer = aws.client("lambda").invoke(FunctionName=f"ponte-{TENANT}-console", Payload=event)
        assert "FunctionError" not in answer, answer["Payload"].read()
        return operator.get("/console?ver=saude").text

    words = "Um trabalho foi abandonado"
    assert words in told("ALARM")
    assert words not in told("OK")


def test_who_did_what_is_in_the_audit_trail(operator):
    page = operator.get("/console/auditoria").text

    for action in ("entrou", "pausou o agendamento", "pediu um ensaio", "gravou o acesso à Máxima"):
        assert action in page
    assert REASON in page and "senha-que-nao-vale" not in page


def test_a_second_key_only_looks(aws, outputs, made, stranger):
    """Put there as the README says; whoever was in is out then."""
    both = json.dumps({"operate": made, "read": READ})
    aws.client("secretsmanager").put_secret_value(SecretId=outputs["ConsoleSecretArn"], SecretString=both)

    # The console remembers its keys for a minute.
    servers.wait_for(lambda: stranger.enter(READ).status == 303, "the second key to open", 60, every=5)
    assert stranger.get(JOB).status == 200
    assert stranger.post(f"{JOB}/sync-cidades/pausar", motivo=REASON, horas="").status == 403
    assert schedule(aws)["State"] == "ENABLED"


def test_no_log_holds_a_secret(aws, made):
    logs = aws.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/ponte-{TENANT}-")["logGroups"]
    written = {}
    for group in (group["logGroupName"] for group in groups):
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        written[group] = "\n".join(event["message"] for page in pages for event in page["events"])

    assert "an operator has acted" in written[f"/aws/lambda/ponte-{TENANT}-console"]
    for secret in (made, READ, *values(SECRET), *values(CREDENTIALS)):
        for group, text in written.items():
            assert secret not in text, group


def values(secret: dict) -> list:
    """The texts in it, at any depth, but for those that are too short to be looked for."""
    found = [values(value) if isinstance(value, dict) else [value] for value in secret.values()]
    return [text for texts in found for text in texts if len(text) > 8]
