"""A transform job, as its agent runs it: the model and the records down, the inference script, the answers up.

Follows *Use Batch Transform to Get Inferences from Large Datasets*.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lab_env.training import container
from lab_env.training.agent import Agent, JobFailed, JobStopped
from lab_env.training.failures import SEE_LOGS, model_failure, upload_failure
from lab_env.training.paths import ROOT
from lab_env.training.storage import Item, split_uri

PROGRAM, SUBMIT_DIRECTORY = "SAGEMAKER_PROGRAM", "SAGEMAKER_SUBMIT_DIRECTORY"
# A transform job streams its records past the model; the lab keeps them, and sets them this limit.
VOLUME_GIGABYTES = 30


class TransformWork:
    """One transform job, from its model to its answers.

    Args:
        agent: what carries it out.
    """

    def __init__(self, agent: Agent) -> None:
        self._agent, self._request = agent, agent.request
        self._layout, self._storage = agent.layout, agent.storage
        self._answers = self._layout.root / "transform" / "out"
        model = agent.spec["more"]["container"]
        self._model_url: str = model["ModelDataUrl"]
        self._environment = {**(model.get("Environment") or {}), **(self._request.get("Environment") or {})}

    def run(self) -> None:
        """Fetch the model and the records, let the script answer, upload the answers.

        Raises:
            JobFailed: with the reason, at the first step that fails. Nothing is uploaded then.
            JobStopped: when it was stopped; nothing is uploaded either.
        """
        self._agent.stage("Downloading")
        self._fetch_model()
        program = self._fetch_code()
        source = self._request["TransformInput"]["DataSource"]["S3DataSource"]
        wanted = self._agent.find(source, self._layout.root / "transform" / "in")
        self._agent.fetch(wanted, VOLUME_GIGABYTES)
        self._transform(program, wanted)
        self._upload()

    def _fetch_model(self) -> None:
        bucket, key = split_uri(self._model_url)
        archive = self._layout.root / "model.tar.gz"
        try:
            self._storage.fetch(Item(bucket, key, archive, 0))
            container.unpack(archive, self._layout.model)
        except JobStopped:
            raise
        except Exception as error:
            raise JobFailed(model_failure(error, self._model_url)) from error

    def _fetch_code(self) -> Path:
        """The inference script: in the model's own ``code`` folder, or where the model's environment says."""
        source = self._environment.get(SUBMIT_DIRECTORY) or f"{ROOT}/model/code"
        program = self._environment.get(PROGRAM) or "inference.py"
        if not source.startswith("s3://"):
            return self._layout.local(source.removeprefix("file://")) / program
        archive = self._layout.root / "sourcedir.tar.gz"
        try:
            archive.write_bytes(self._storage.read(source))
            container.unpack(archive, self._layout.code)
        except Exception as error:
            raise JobFailed(model_failure(error, source)) from error
        return self._layout.code / program

    def _transform(self, program: Path, wanted: list[Item]) -> None:
        self._agent.stage("Transforming")
        given, asked = self._request["TransformInput"], self._request["TransformOutput"]
        folder = self._layout.root / "transform" / "in"
        plan = {
            "program": str(program),
            "model": f"{ROOT}/model",
            "files": [
                [str(item.path), str(self._answers / f"{item.path.relative_to(folder).as_posix()}.out")]
                for item in wanted
            ],
            "content_type": given.get("ContentType", ""),
            "accept": asked.get("Accept", ""),
            "gzip": given.get("CompressionType", "None") == "Gzip",
            "lines": given.get("SplitType", "None") == "Line",
            "single": self._request.get("BatchStrategy", "MultiRecord") == "SingleRecord",
            "assemble": asked.get("AssembleWith", "None") == "Line",
            "payload": self._request.get("MaxPayloadInMB", 6) << 20,
        }
        told = self._layout.root / "transform.json"
        told.write_text(json.dumps(plan))
        variables = {"SM_MODEL_DIR": f"{ROOT}/model", **self._environment}
        code = self._agent.run([str(told)], variables, self._layout.root, "serving")
        self._agent.go_on()
        if code:
            raise JobFailed(SEE_LOGS)

    def _upload(self) -> None:
        self._agent.stage("Uploading")
        asked: dict[str, Any] = self._request["TransformOutput"]
        self._answers.mkdir(parents=True, exist_ok=True)
        try:
            self._storage.upload_folder(self._answers, asked["S3OutputPath"], asked.get("KmsKeyId") or "")
        except JobStopped:
            raise
        except Exception as error:
            raise JobFailed(upload_failure(error)) from error
