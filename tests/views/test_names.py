"""What people call the parts of a network."""

from __future__ import annotations

import pytest

from lab_env.views.names import service_name


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ("com.amazonaws.us-east-1.s3", "S3"),
        ("s3", "S3"),
        ("com.amazonaws.us-east-1.sagemaker.api", "SageMaker API"),
        ("com.amazonaws.us-east-1.sagemaker.runtime", "SageMaker Runtime"),
        ("ecr.dkr", "ECR registry"),
        ("com.amazonaws.us-east-1.ecr.api", "ECR API"),
        ("com.amazonaws.us-east-1.monitoring", "CloudWatch"),
        ("sagemaker", "SageMaker"),
        ("com.amazonaws.us-east-1.athena", "athena"),
        ("com.amazonaws.us-east-1.codeartifact.api", "api"),
    ],
)
def test_a_service_has_its_own_name(service, said):
    """Where a name has two parts, both count; a service that is not known keeps the last part of its own."""
    assert service_name(service) == said
