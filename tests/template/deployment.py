"""What `sam package` and `sam deploy` do, against any endpoint: zips, S3, CloudFormation."""

import copy
import io
import json
import zipfile
from pathlib import Path

import expansion
import servers

BUCKET = "deploy"
_PERMISSIONS = 0o755 << 16


def zipped(binary: Path) -> bytes:
    """A zip with the binary as `bootstrap`, executable."""
    buffer = io.BytesIO()
    entry = zipfile.ZipInfo("bootstrap")
    entry.external_attr = _PERMISSIONS
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(entry, binary.read_bytes())
    return buffer.getvalue()


def packaged(s3, binaries: Path) -> dict:
    """The template with its local paths uploaded, one zip per function."""
    template = copy.deepcopy(expansion.template())
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "sa-east-1"})
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if "CodeUri" in properties:
            binary = resource["Metadata"]["BuildProperties"]["Binary"]
            s3.put_object(Bucket=BUCKET, Key=f"{binary}.zip", Body=zipped(binaries / binary))
            properties["CodeUri"] = f"s3://{BUCKET}/{binary}.zip"
        if "DefinitionUri" in properties:
            body = (servers.ROOT / properties["DefinitionUri"]).read_bytes()
            s3.put_object(Bucket=BUCKET, Key=f"{name}.json", Body=body)
            properties["DefinitionUri"] = f"s3://{BUCKET}/{name}.json"
    return template


def deploy(aws, stack: str, template: dict, **parameters) -> dict:
    """Creates or updates the stack, waits, and returns its outputs. By way of the bucket, as `sam deploy` does: more than
    51,200 bytes are not taken in the call itself."""
    cloudformation = aws.client("cloudformation")
    aws.client("s3").put_object(Bucket=BUCKET, Key="template.json", Body=json.dumps(template).encode())
    exists = stack in (found["StackName"] for found in cloudformation.list_stacks()["StackSummaries"])
    change = cloudformation.update_stack if exists else cloudformation.create_stack
    change(
        StackName=stack,
        TemplateURL=f"{aws.url}/{BUCKET}/template.json",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )

    def ended():
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        return found if not found["StackStatus"].endswith("IN_PROGRESS") else None

    found = servers.wait_for(ended, f"the stack {stack}", 120)
    if found["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        why = [e.get("ResourceStatusReason") for e in events if "FAILED" in e["ResourceStatus"]]
        raise AssertionError(f"{found['StackStatus']}: {found.get('StackStatusReason')} {why}")
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
