"""moto's Step Functions engine with its Lambda tasks sent to the local runner.

Started as a process of its own: `python moto_server.py <port>`, with LAMBDA_ENDPOINT (the runner's Lambda API) and
WAIT_SCALE (what a second of Wait or Retry lasts: the runner's time is faster than ours).
"""

import os
import sys

import boto3
import moto.stepfunctions.parser.asl.component.common.retry.retrier_decl as retrier
import moto.stepfunctions.parser.asl.component.state.exec.state_task.lambda_eval_utils as lambdas
from botocore.config import Config
from moto.server import main
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

_boto_client_for = lambdas.boto_client_for
_wait = WaitFunction._wait_interval
_SCALE = float(os.environ.get("WAIT_SCALE", "1"))


def _to_the_runner(region, service, state_credentials=None):
    """moto hard-codes its own address here, so AWS_ENDPOINT_URL_LAMBDA would do nothing."""
    if service != "lambda":
        return _boto_client_for(region=region, service=service, state_credentials=state_credentials)
    return boto3.client(
        "lambda",
        region_name=region,
        endpoint_url=os.environ["LAMBDA_ENDPOINT"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
        # An answer takes up to the function's 900 s, and a repetition is the state machine's business.
        config=Config(parameter_validation=False, read_timeout=920, retries={"total_max_attempts": 1}),
    )


class _Time:
    """Stands in for the module `time` where a Retry waits; moto has no scale of its own."""

    def __init__(self, module):
        self._module = module

    def sleep(self, seconds):
        self._module.sleep(seconds * _SCALE)


lambdas.boto_client_for = _to_the_runner
retrier.time = _Time(retrier.time)
WaitFunction._wait_interval = lambda self, env, wait_seconds: _wait(self, env, wait_seconds * _SCALE)

if __name__ == "__main__":
    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
