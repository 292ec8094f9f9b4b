"""Independent judges of the files as they are, without credentials."""

import json
import os
import subprocess
import sys
from pathlib import Path

import expansion
import servers

BIN = Path(sys.executable).parent
SAM = BIN.parents[1] / "sam" / "bin" / "sam"


def judged(*command, **environment) -> None:
    """Runs a judge in the repository's root and shows what it said when it disagrees."""
    no_credentials = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=servers.ROOT,
        env={**no_credentials, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{command[0]}:\n{done.stdout}\n{done.stderr}"


def test_cfn_lint_accepts_the_template():
    judged(BIN / "cfn-lint", "--regions", "sa-east-1", "--", "template.yaml")


def test_sam_validates_the_template_without_credentials():
    judged(SAM, "validate", "--lint", "--template", "template.yaml", SAM_CLI_TELEMETRY="0")


def test_statelint_accepts_the_state_machine():
    judged(BIN / "statelint", "infra/statemachines/initial-load.asl.json")


def test_statelint_would_see_a_misspelt_retry(tmp_path, machine):
    broken = json.loads(json.dumps(machine))
    broken["States"]["Open"]["Retry"][0]["MaxAttemps"] = 6
    (tmp_path / "broken.asl.json").write_text(json.dumps(broken))

    done = subprocess.run([BIN / "statelint", tmp_path / "broken.asl.json"], capture_output=True, text=True)

    assert done.returncode != 0
    assert "MaxAttemps" in done.stdout + done.stderr


def test_checkov_finds_nothing_beyond_the_baseline(tmp_path):
    # The expanded template: only there are the roles.
    plain = tmp_path / "expanded.json"
    plain.write_text(json.dumps(expansion.expanded()))
    baseline = Path(__file__).with_name("checkov.yaml")

    judged(BIN / "checkov", "--config-file", baseline, "--file", plain)
