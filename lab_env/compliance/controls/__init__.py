"""The controls, one file each. A control's id, the name of its file and its entry here agree."""

from lab_env.compliance.controls import (
    data_1,
    data_2,
    data_3,
    data_4,
    geo_1,
    iam_1,
    iam_2,
    iam_3,
    iam_4,
    iam_5,
    job_1,
    job_2,
    log_1,
    log_2,
    net_1,
    net_2,
    net_3,
    net_4,
    net_5,
    net_6,
)
from lab_env.compliance.model import Control

CONTROLS: tuple[Control, ...] = (
    net_1.CONTROL,
    net_2.CONTROL,
    net_3.CONTROL,
    net_4.CONTROL,
    net_5.CONTROL,
    net_6.CONTROL,
    iam_1.CONTROL,
    iam_2.CONTROL,
    iam_3.CONTROL,
    iam_4.CONTROL,
    iam_5.CONTROL,
    data_1.CONTROL,
    data_2.CONTROL,
    data_3.CONTROL,
    data_4.CONTROL,
    log_1.CONTROL,
    log_2.CONTROL,
    job_1.CONTROL,
    job_2.CONTROL,
    geo_1.CONTROL,
)
"""In the order in which reports list them."""

PATH = ("NET-1", "NET-2", "NET-3", "NET-4")
"""The controls that the way to S3, and the ways out, decide alone: what the question's four options differ in."""

__all__ = ["CONTROLS", "PATH"]
