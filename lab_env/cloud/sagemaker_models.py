"""SageMaker's models: moto 5.2.5 drops ``EnableNetworkIsolation``, takes a name twice, tells this machine's time."""

from __future__ import annotations

from typing import Any

from moto.sagemaker.responses import SageMakerResponse

from lab_env.cloud.clock import LabClock
from lab_env.cloud.lab_time import keep_lab_time
from lab_env.cloud.patches import Patches
from lab_env.cloud.refusals import AwsError


def fill(patches: Patches, clock: LabClock) -> None:
    """Keep what ``CreateModel`` is given, each name once, by the lab's time.

    Args:
        patches: undoes it when the lab stops.
        clock: the lab's clock.
    """
    keep_lab_time(patches, clock, "sagemaker")
    original = SageMakerResponse.create_model

    def create_model(self: Any) -> Any:
        name, known = self._get_param("ModelName"), self.sagemaker_backend._models
        if name in known:
            raise AwsError(
                "ValidationException", f'Cannot create already existing model "{known[name].arn}".'
            )
        answer = original(self)
        known[name].enable_network_isolation = bool(self._get_param("EnableNetworkIsolation", False))
        return answer

    patches.set(SageMakerResponse, "create_model", create_model)
