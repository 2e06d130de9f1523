"""What an evaluation answers: the verdict, the layer that decided, and, when asked, the reasons.

*Policy evaluation logic*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lab_env.policy.layers import Layer, LayerResult, PolicySet, Verdict
from lab_env.policy.reasons import LayerReason, layer_reasons, sentence
from lab_env.policy.request import Request
from lab_env.policy.statement import Statement


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one request.

    Attributes:
        request: what was asked.
        policies: what it was asked of.
        verdict: allowed or not, and how.
        decided_by: the layer that denied, or that kept silent where its word was needed; when allowed, the layer that
            granted (identity policies where they do); ``None`` for a root user, who needs no grant.
        layers: what each layer that applies says.
    """

    request: Request
    policies: PolicySet
    verdict: Verdict
    decided_by: Layer | None
    layers: Mapping[Layer, LayerResult] = field(repr=False)

    @property
    def allowed(self) -> bool:
        """Whether the call may go on."""
        return self.verdict is Verdict.ALLOWED

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of the deciding layer that decided: its Denies, or the Allows that granted."""
        result = self.layers.get(self.decided_by) if self.decided_by is not None else None
        if result is None or self.verdict is Verdict.IMPLICITLY_DENIED:
            return ()
        return result.allows if self.allowed else result.denies

    @property
    def why(self) -> str:
        """The decision in one sentence."""
        return sentence(self)

    @property
    def reasons(self) -> tuple[LayerReason, ...]:
        """For each layer, what became of each of its statements. Worked out when asked for."""
        return layer_reasons(self)
