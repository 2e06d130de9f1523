"""``DescribeTrainingJob`` → `TrainingJob`."""

from __future__ import annotations

from collections.abc import Iterator

from lab_env.snapshot.asking import Describe, answer_of, pages
from lab_env.snapshot.record import Record
from lab_env.snapshot.state import TrainingJob


def read_training_jobs(describe: Describe) -> Iterator[TrainingJob]:
    """The training jobs of a Region, past and present.

    Args:
        describe: asks SageMaker there.
    """
    for item in pages(describe, "ListTrainingJobs", "TrainingJobSummaries"):
        yield _job(answer_of(describe, "DescribeTrainingJob", TrainingJobName=item.text("TrainingJobName")))


def _job(item: Record) -> TrainingJob:
    network, resources = item.record("VpcConfig"), item.record("ResourceConfig")
    output = item.record("OutputDataConfig")
    return TrainingJob(
        arn=item.arn("TrainingJobArn"),
        role=item.text("RoleArn", ""),
        status=item.text("TrainingJobStatus", ""),
        subnets=network.texts("Subnets"),
        groups=network.texts("SecurityGroupIds"),
        isolated=item.flag("EnableNetworkIsolation", default=False),
        encrypted_traffic=item.flag("EnableInterContainerTrafficEncryption", default=False),
        instances=resources.number("InstanceCount", 1) or 1,
        volume_key=resources.text("VolumeKmsKeyId", ""),
        output_key=output.text("KmsKeyId", ""),
        inputs=tuple(_inputs(item)),
        output=output.text("S3OutputPath", ""),
    )


def _inputs(item: Record) -> Iterator[str]:
    for channel in item.records("InputDataConfig"):
        uri = channel.record("DataSource").record("S3DataSource").text("S3Uri", "")
        if uri:
            yield uri
