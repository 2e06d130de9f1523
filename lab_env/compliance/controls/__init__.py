"""The controls, one file each. A control's id, the name of its file and its entry here agree."""

from lab_env.compliance.controls import net_1, net_2, net_3, net_4
from lab_env.compliance.model import Control

CONTROLS: tuple[Control, ...] = (net_1.CONTROL, net_2.CONTROL, net_3.CONTROL, net_4.CONTROL)
"""In the order in which reports list them."""

__all__ = ["CONTROLS"]
