"""The local runner (infra/local), kept idle: its Lambdas, its interpreter, its simulated partners."""

import contextlib
from dataclasses import dataclass

import boto3

import servers
from partners import Partners, call


@dataclass(frozen=True)
class Runner:
    """A running `ponte --idle`."""

    url: str
    about: dict

    @property
    def prefix(self) -> str:
        """What the names of the stack begin with; the table has no other."""
        return self.about["table"]

    @property
    def partners(self) -> Partners:
        return Partners(self.about["omie"], self.about["maxima"])

    def run(self) -> dict:
        """Runs the initial load by our interpreter: `{status, output | error, cause, path}`."""
        return call(f"{self.url}/_ponte/executions", {})

    def invoke(self, function: str, event: dict):
        """One invocation, and its answer."""
        return call(f"{self.url}/2015-03-31/functions/{self.prefix}-{function}/invocations", event)

    def invocations(self, function: str) -> int:
        """How often a function was invoked until now."""
        used = call(f"{self.url}/_ponte/usage")[f"{self.prefix}-{function}"]
        return used["cold"] + used["warm"]

    def settings(self) -> dict:
        """The item of the tenant's settings, as the runner wrote it."""
        dynamodb = boto3.client(
            "dynamodb",
            endpoint_url=self.about["dynamodb"],
            region_name=self.about["region"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        key = {"pk": {"S": "document#settings"}, "sk": {"S": "k#omie-maxima"}}
        return dynamodb.get_item(TableName=self.about["table"], Key=key)["Item"]


@contextlib.contextmanager
def runner(name: str, speed: float, preset: str = "small"):
    """Starts the runner on a free port; `tests/run` has built it and the functions."""
    port = servers.free_port()
    url = f"http://127.0.0.1:{port}"
    command = [servers.ROOT / "target/debug/ponte", "--idle", "--no-build", "--bin-dir", servers.BINARIES]
    command += ["--preset", preset, "--speed", speed, "--port", port]
    with servers.running(name, command, f"{url}/_ponte", 120):
        yield Runner(url, call(f"{url}/_ponte"))
