"""The store's conformance suite against a second, independent DynamoDB."""

import os
import subprocess

import servers
from ministack import ministack


def test_the_store_keeps_its_promises_on_ministack(tmp_path):
    with ministack(tmp_path / "home") as aws:
        done = subprocess.run(
            # With the features of the whole workspace, as the tests before: nothing is built twice.
            ["cargo", "test", "--locked", "--workspace", "--test", "store"],
            cwd=servers.ROOT,
            env={**os.environ, "PONTE_TEST_DYNAMODB": aws.url},
            capture_output=True,
            text=True,
        )

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
