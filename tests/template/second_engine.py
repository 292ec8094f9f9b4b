"""A second Step Functions engine (moto's, which is LocalStack's parser)."""

import contextlib
import itertools
import json
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import boto3

import servers
import trails

ROLE = "arn:aws:iam::123456789012:role/machine"


@dataclass(frozen=True)
class Ended:
    """How an execution ended."""

    status: str
    output: dict | None
    error: str | None
    trail: list


class Moto:
    """One machine in a running moto."""

    def __init__(self, url: str, definition: str):
        self._definition = json.loads(definition)
        self._names = itertools.count()
        self._states = boto3.client(
            "stepfunctions",
            endpoint_url=url,
            region_name="sa-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        created = self._states.create_state_machine(name="initial-load", definition=definition, roleArn=ROLE)
        self._machine = created["stateMachineArn"]

    def run(self, seconds: float = 300) -> Ended:
        """Runs one execution to its end."""
        started = self._states.start_execution(
            stateMachineArn=self._machine, name=f"moto-{next(self._names)}", input="{}"
        )
        arn = started["executionArn"]

        def ended():
            found = self._states.describe_execution(executionArn=arn)
            return found if found["status"] != "RUNNING" else None

        found = servers.wait_for(ended, "moto to end the execution", seconds)
        events = self._states.get_paginator("get_execution_history").paginate(executionArn=arn)
        history = [event for page in events for event in page["events"]]
        return Ended(
            found["status"],
            json.loads(found["output"]) if found.get("output") else None,
            found.get("error"),
            trails.from_history(self._definition, history),
        )


@contextlib.contextmanager
def moto(lambda_endpoint: str, definition: str, wait_scale: float):
    """Starts moto with its Lambda tasks sent to `lambda_endpoint`; a second of Wait lasts `wait_scale` seconds."""
    port = servers.free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, Path(__file__).with_name("moto_server.py"), port]
    environment = {
        "LAMBDA_ENDPOINT": lambda_endpoint,
        "WAIT_SCALE": str(wait_scale),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    with servers.running("moto", command, f"{url}/moto-api/", **environment):
        config = urllib.request.Request(
            f"{url}/moto-api/config",
            data=b'{"stepfunctions": {"execute_state_machine": true}}',
            headers={"content-type": "application/json"},
        )
        urllib.request.urlopen(config).close()
        yield Moto(url, definition)
