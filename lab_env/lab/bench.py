"""What every verb of the lab works on: the cloud, the data plane, who stands where, what was looked at last."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from lab_env.cloud.mock import MockCloud
from lab_env.dataplane.seam import DataPlane
from lab_env.dataplane.sessions import Sessions
from lab_env.errors import LabNotStarted
from lab_env.names import Names
from lab_env.network import Network
from lab_env.training.jobs import TrainingService

if TYPE_CHECKING:
    from lab_env.course import State
    from lab_env.course.drills.drill import Drill
    from lab_env.course.predictions import Guess
    from lab_env.dataplane.ledger import Ledger
    from lab_env.evidence.delivery import Delivery
    from lab_env.network import Trace


class Bench:
    """An open lab, without its verbs.

    Args:
        cloud: the mock cloud, started.
        chapter: the chapter it was opened for.
        seed: the seed of its ids.
    """

    def __init__(self, cloud: MockCloud, chapter: int | None, seed: int) -> None:
        self._cloud, self._chapter, self._seed = cloud, chapter, seed
        self._closed = False
        self._plane = DataPlane(cloud)
        self._sessions = Sessions(cloud, self._plane)
        self._training = TrainingService(cloud, self._plane)
        self.names = Names(partial(cloud.describe, "ec2"), partial(cloud.describe, "kms"))
        self._last_trace: Trace | None = None
        self._delivery: Delivery | None = None
        self._drill: Drill | None = None
        self._traced_in: Network | None = None
        self._seen = Network(region=cloud.region)
        self._guesses: dict[str, Guess] = {}
        self._built: set[str] = set()

    @property
    def ledger(self) -> Ledger:
        """Every call that was attempted since the lab was opened."""
        return self._plane.ledger

    @property
    def network(self) -> Network:
        """The network as the describe calls give it now."""
        self._check_open()
        return self._plane.network()

    def _state(self) -> State:
        from lab_env.course import State

        return State(self.network, self.names.find, self._cloud.describe, self._drill)

    def _check_open(self) -> None:
        if self._closed:
            raise LabNotStarted("this lab is closed.", do="Open one with lab = Lab.start(chapter=…).")
