"""A processing job, as its agent runs it: inputs down, the script, outputs up.

Follows *How Amazon SageMaker Processing Configures Input and Output For Your Processing Container*.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab_env.training.agent import Agent, JobFailed, JobStopped
from lab_env.training.failures import algorithm_failure, upload_failure
from lab_env.training.paths import ROOT
from lab_env.training.storage import Item


class ProcessingWork:
    """One processing job, from its inputs to its outputs.

    Args:
        agent: what carries it out.
    """

    def __init__(self, agent: Agent) -> None:
        self._agent, self._request = agent, agent.request
        self._layout, self._storage = agent.layout, agent.storage
        self._cluster = self._request["ProcessingResources"]["ClusterConfig"]

    def run(self) -> None:
        """Download the inputs, run the script, upload the outputs.

        Raises:
            JobFailed: with the reason, at the first step that fails. Nothing is uploaded then.
            JobStopped: when it was stopped; nothing is uploaded either.
        """
        self._agent.stage("Downloading")
        self._agent.limit(self._agent.spec["seconds"])
        wanted = [
            item for given in self._request.get("ProcessingInputs") or [] for item in self._objects(given)
        ]
        self._agent.fetch(wanted, self._cluster["VolumeSizeInGB"])
        self._process()
        self._upload()

    def _objects(self, given: dict[str, Any]) -> list[Item]:
        source = given["S3Input"]
        found = self._agent.find(source, self._layout.local(source["LocalPath"]))
        if source.get("S3DataDistributionType") == "ShardedByS3Key":
            # The lab runs the first instance's container: this is its share.
            return found[:: self._cluster["InstanceCount"]]
        return found

    def _process(self) -> None:
        self._agent.stage("Processing")
        for given in self._outputs():
            self._layout.local(given["LocalPath"]).mkdir(parents=True, exist_ok=True)
        self._tell_container()
        application = self._request["AppSpecification"]
        _, script, *rest = application["ContainerEntrypoint"]
        command = [str(self._local(script)), *rest, *(application.get("ContainerArguments") or [])]
        variables = {
            "PROCESSING_JOB_NAME": self._request["ProcessingJobName"],
            "PROCESSING_JOB_ARN": self._agent.spec["arn"],
            **(self._request.get("Environment") or {}),
        }
        code = self._agent.run(command, variables, self._layout.root)
        self._agent.say("message", text=self._layout.said(self._layout.output / "message"))
        self._agent.go_on()
        if code:
            raise JobFailed(algorithm_failure(code, self._layout.said(self._layout.failure)))

    def _tell_container(self) -> None:
        self._layout.write_config(
            self._layout.root / "config",
            processingjobconfig={"ProcessingJobArn": self._agent.spec["arn"], **self._request},
            resourceconfig={
                "current_host": "algo-1",
                "hosts": ["algo-1"],
                "network_interface_name": "eth0",
                "current_instance_type": self._cluster["InstanceType"],
            },
        )

    def _local(self, script: str) -> Path:
        return self._layout.local(script) if script.startswith(f"{ROOT}/") else Path(script)

    def _outputs(self) -> list[dict[str, Any]]:
        config = self._request.get("ProcessingOutputConfig") or {}
        return [given["S3Output"] for given in config.get("Outputs") or []]

    def _upload(self) -> None:
        self._agent.stage("Uploading")
        key_id = (self._request.get("ProcessingOutputConfig") or {}).get("KmsKeyId") or ""
        try:
            for given in self._outputs():
                folder = self._layout.local(given["LocalPath"])
                self._storage.upload_folder(folder, given["S3Uri"], key_id)
        except JobStopped:
            raise
        except Exception as error:
            raise JobFailed(upload_failure(error)) from error
