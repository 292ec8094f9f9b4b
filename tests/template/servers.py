"""Child processes: started on a free port, waited for, and ended with the test session."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "target" / "template-tests"
# The Lambdas as they are shipped; `target/debug` spares a release build while working on the tests.
BINARIES = ROOT / os.environ.get("PONTE_TEST_BINARIES", "target/release")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    """Whether anything at all is said at `url`; an error status is an answer."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@contextlib.contextmanager
def running(name: str, command: list, url: str, seconds: float = 60, **environment):
    """Runs `command` until the block ends; yields when `url` answers. Its output goes to target/template-tests."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(lambda: process.poll() is not None or answers(url), f"{name} to answer at {url}", seconds)
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended with {process.returncode}:\n{log.read_text()[-3000:]}")
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen) -> None:
    """Ends the process and what it started: they share a session of their own."""
    for sign, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return


def wait_for(claim, what: str, seconds: float, every: float = 0.2):
    """Waits until `claim()` is true and returns what it returned."""
    deadline = time.monotonic() + seconds
    while not (value := claim()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(every)
    return value
