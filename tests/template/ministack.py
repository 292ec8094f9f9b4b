"""MiniStack: an AWS on this machine, in which the stack is deployed for real."""

import contextlib
import os
import sys
from pathlib import Path

import boto3
from botocore.config import Config

import servers

REGION = "sa-east-1"


class Ministack:
    """A running MiniStack and its clients."""

    def __init__(self, port: int):
        self.url = f"http://127.0.0.1:{port}"

    def client(self, service: str, keys: dict | None = None):
        """A client with the keys of the account's root, or with those of an assumed role."""
        keys = keys or {"AccessKeyId": "test", "SecretAccessKey": "test"}
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            config=Config(read_timeout=920, retries={"total_max_attempts": 1}),
        )


@contextlib.contextmanager
def ministack(home: Path, **environment):
    """Starts MiniStack with its temporary files in `home`; its Lambdas inherit `environment`."""
    home.mkdir(parents=True, exist_ok=True)
    port = servers.free_port()
    url = f"http://127.0.0.1:{port}"
    fixed = {
        # The default is all interfaces.
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        # Without a thread for each, a schedule's Lambda would wait behind the steps of a load.
        "MINISTACK_WORKER_THREADS": "32",
        # Given to the Lambdas, so that the SDK in them comes here.
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "TMPDIR": str(home),
    }
    command = [Path(sys.executable).parent / "ministack"]
    with servers.running("ministack", command, f"{url}/_ministack/health", **{**fixed, **environment}):
        yield Ministack(port)
