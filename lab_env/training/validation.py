"""What SageMaker refuses before a job exists, in its own words: ``CreateTrainingJob``'s own errors.

The rules of form come from the service's API model, which botocore ships: it checks types and required members before
it sends, and leaves patterns, lengths and enumerations to the service. So does the lab.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from lab_env.errors import InvalidInput
from lab_env.policy import Policy, PolicySet, Request, evaluate


def constraint_errors(value: Any, shape: Shape, path: str = "") -> Iterator[str]:
    """Each constraint of the API model that a request breaks, in the form the service words it.

    Args:
        value: the request, or a part of it.
        shape: its shape in the API model.
        path: where the part stands, e.g. ``resourceConfig.instanceType``.
    """
    if isinstance(shape, StructureShape):
        for name, member in value.items():
            if name in shape.members:
                yield from constraint_errors(
                    member, shape.members[name], _join(path, name[0].lower() + name[1:])
                )
    elif isinstance(shape, ListShape):
        yield from _size_errors(value, shape, path)
        for number, member in enumerate(value, 1):
            yield from constraint_errors(member, shape.member, _join(path, f"{number}.member"))
    elif isinstance(shape, MapShape):
        yield from _size_errors(value, shape, path)
        for key, member in value.items():
            yield from constraint_errors(member, shape.value, _join(path, f"{key}.member"))
    elif shape.type_name == "string":
        yield from _string_errors(value, shape, path)
    elif shape.type_name in ("integer", "long"):
        yield from _number_errors(value, shape, path)


def constraint_message(errors: list[str]) -> str:
    """The ``ValidationException`` message for some broken constraints."""
    count = f"{len(errors)} validation error{'s' if len(errors) > 1 else ''} detected"
    return f"{count}: {'; '.join(errors)}"


def could_not_assume(role: str) -> str:
    """The message for a role that is absent, or that SageMaker may not assume."""
    return (
        f"Could not assume role {role}. Please ensure that the role exists and allows principal "
        "'sagemaker.amazonaws.com' to assume the role."
    )


def no_objects(uri: str, bucket: str, role: str, region: str, elsewhere: str = "") -> str:
    """The message for an input channel without objects.

    Args:
        uri: the channel's S3 URI.
        bucket: its bucket.
        role: ARN of the execution role.
        region: the job's Region.
        elsewhere: the Region the bucket is really in, when that is another one.
    """
    message = (
        f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the bucket exists '
        f"in the selected region ({region}), that objects exist under that S3 prefix, and that the role "
        f'"{role}" has "s3:ListBucket" permissions on bucket "{bucket}".'
    )
    if elsewhere:
        message += (
            f" Error message from S3: The bucket is in this region: {elsewhere}. "
            "Please use this region to retry the request"
        )
    return message


def sagemaker_may_assume(trust_policy: Mapping[str, Any], role: str, job: str) -> bool:
    """Whether a role's trust policy lets ``sagemaker.amazonaws.com`` assume it for a job.

    Follows *Cross-Service Confused Deputy Prevention* (Amazon SageMaker AI Developer Guide): SageMaker names the job as
    ``aws:SourceArn``, and its account as ``aws:SourceAccount``.

    Args:
        trust_policy: the document.
        role: ARN of the role.
        job: ARN of the job.
    """
    account = role.split(":")[4]
    context = {"aws:SourceArn": job, "aws:SourceAccount": job.split(":")[4]}
    asked = Request("sagemaker.amazonaws.com", "sts:AssumeRole", role, account, context)
    try:
        return evaluate(asked, PolicySet(resource=Policy.parse(trust_policy))).allowed
    except InvalidInput:
        # A document that cannot be read lets nobody in.
        return False


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _failed(value: Any, path: str, must: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {must}"


def _string_errors(value: str, shape: Shape, path: str) -> Iterator[str]:
    limits = shape.metadata
    if "enum" in limits and value not in limits["enum"]:
        yield _failed(value, path, f"Member must satisfy enum value set: [{', '.join(limits['enum'])}]")
    if "max" in limits and len(value) > limits["max"]:
        yield _failed(value, path, f"Member must have length less than or equal to {limits['max']}")
    if "min" in limits and len(value) < limits["min"]:
        yield _failed(value, path, f"Member must have length greater than or equal to {limits['min']}")
    pattern = _compiled(limits["pattern"]) if "pattern" in limits else None
    if pattern is not None and not pattern.fullmatch(value):
        yield _failed(value, path, f"Member must satisfy regular expression pattern: {limits['pattern']}")


def _number_errors(value: int, shape: Shape, path: str) -> Iterator[str]:
    if "max" in shape.metadata and value > shape.metadata["max"]:
        yield _failed(value, path, f"Member must have value less than or equal to {shape.metadata['max']}")
    if "min" in shape.metadata and value < shape.metadata["min"]:
        yield _failed(value, path, f"Member must have value greater than or equal to {shape.metadata['min']}")


def _size_errors(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if "max" in shape.metadata and len(value) > shape.metadata["max"]:
        yield _failed(value, path, f"Member must have length less than or equal to {shape.metadata['max']}")


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    # The model's patterns are Java's; the few that Python cannot read (character classes by property) are left aside.
    try:
        return re.compile(pattern)
    except re.error:
        return None
