"""The checks of chapter 10's exercises, on what learners put into the bucket and on jobs that really ran."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import boto3
import pytest
from pydicom import Dataset

from lab_env import Lab, scenario
from lab_env.course.chapter10 import NORTH, SOUTH
from lab_env.dicom import Pseudonyms, deidentify, read, write
from lab_env.scenario import imaging
from lab_env.scenario.assets import code_archive
from tests.course.harness import (
    DONE,
    NOT_ATTEMPTED,
    NOT_YET,
    Did,
    assert_catches_up,
    assert_judged,
    assert_sound_before_the_chapter,
    each,
    judged,
    nothing,
)

ONE = Pseudonyms(b"the learner's own")
BUCKET = scenario.TRAINING_BUCKET


@pytest.fixture
def lab() -> Iterator[Lab]:
    opened = Lab.start(chapter=10)
    yield opened
    opened.stop()


def put(lab: Lab, **bodies: bytes | str) -> None:
    """Put objects into the training bucket from inside the VPC, as an administrator; keys are the names given."""
    groups = [lab.names.training_security_group]
    with lab.session_in(lab.names.subnet_b, role=scenario.OPERATOR_ROLE, security_groups=groups) as inside:
        s3 = inside.client("s3")
        for key, body in bodies.items():
            s3.put_object(Bucket=BUCKET, Key=key, Body=body)


def profile(original: Dataset) -> Dataset:
    return deidentify(original, ONE)


def well(original: Dataset) -> Dataset | None:
    clean = profile(original)
    del clean.WindowCenterWidthExplanation
    return clean if original.BurnedInAnnotation == "NO" else None


def blanked(original: Dataset) -> Dataset:
    clean = well(original) or profile(original)
    if original.BurnedInAnnotation == "YES":
        del clean.WindowCenterWidthExplanation
        clean.PixelData = bytes(7 * 32 * 2) + clean.PixelData[7 * 32 * 2 :]
        clean.BurnedInAnnotation = "NO"
    return clean


def only_the_flag(original: Dataset) -> Dataset:
    clean = blanked(original)
    clean.PixelData = original.PixelData
    return clean


def all_of_it(original: Dataset) -> Dataset:
    clean = profile(original)
    del clean.WindowCenterWidthExplanation
    return clean


def half(original: Dataset) -> Dataset | None:
    return well(original) if original.InstanceNumber == 1 else None


def with_a_secret_each(numbers: Iterator[int]) -> Callable[[Dataset], Dataset | None]:
    def clean(original: Dataset) -> Dataset | None:
        result = deidentify(original, Pseudonyms(str(next(numbers)).encode()))
        del result.WindowCenterWidthExplanation
        return result if original.BurnedInAnnotation == "NO" else None

    return clean


def sending(
    clean: Callable[[Dataset], Dataset | None],
    key: Callable[[str, Dataset], str] = lambda _, image: f"{image.SOPInstanceUID}.dcm",
    line: Callable[[Dataset, Dataset, int], str] = lambda _, image, label: f"{image.SOPInstanceUID},{label}",
    **more: bytes,
) -> Did:
    """A learner who sent the clinic's images, each as ``clean`` gives it, with a table of labels."""

    def did(lab: Lab) -> None:
        labels, lines, bodies = imaging.labels("south"), ["sop_instance_uid,nodule"], {}
        for name, content in imaging.export("south"):
            original = read(content, name)
            image = clean(original)
            if image is not None:
                bodies[SOUTH + key(name, image)] = write(image)
                lines.append(line(original, image, labels[original.SOPInstanceUID]))
        put(lab, **bodies, **{f"{SOUTH}labels.csv": "\n".join(lines)}, **more)

    return did


def flipped(_: Dataset, image: Dataset, label: int) -> str:
    return f"{image.SOPInstanceUID},{1 - label}"


def old_uids(original: Dataset, _: Dataset, label: int) -> str:
    return f"{original.SOPInstanceUID},{label}"


def with_names(original: Dataset, image: Dataset, label: int) -> str:
    return f"{image.SOPInstanceUID},{label},{original.PatientName}"


SENT = {
    "untouched": ("10.1", nothing, NOT_ATTEMPTED, "nothing is under"),
    "well": (
        "10.1",
        sending(well),
        DONE,
        "39 images, and no element or key tells whose they are; 1 left out",
    ),
    "the text blanked": ("10.1", sending(blanked), DONE, "40 images, and no element or key"),
    "as they came": ("10.1", sending(lambda one: one), NOT_YET, "still tells"),
    "the profile alone": ("10.1", sending(profile), NOT_YET, "still tells (0028,1055)"),
    "all images": ("10.1", sending(all_of_it), NOT_YET, "burned into its image"),
    "only the flag changed": ("10.1", sending(only_the_flag), NOT_YET, "burned into its image"),
    "named as they came": (
        "10.1",
        sending(well, lambda name, _: name),
        NOT_YET,
        "the key imaging/train/south/",
    ),
    "half of them": ("10.1", sending(half), NOT_YET, "of the clinic's images are missing"),
    "a secret each": (
        "10.1",
        sending(with_a_secret_each(count())),
        NOT_YET,
        "20 patients became 39 subjects",
    ),
    "labels turned round": ("10.1", sending(well, line=flipped), NOT_YET, "has no label"),
    "labels by old UIDs": ("10.1", sending(well, line=old_uids), NOT_YET, "has no label"),
    "labels with names": (
        "10.1",
        sending(well, line=with_names),
        NOT_YET,
        "holds a patient's name or number",
    ),
    "a damaged file": ("10.1", sending(well, **{f"{SOUTH}x.dcm": b"no"}), NOT_YET, "no readable DICOM file"),
}

# Counts what it is given and says so, in no time: the checks look at the job, and at what its model was measured on.
COUNTING = """
import json, os, pathlib
images = len(list(pathlib.Path(os.environ["SM_CHANNEL_TRAIN"]).rglob("*.dcm")))
metrics = {"images": images, "held_out_accuracy": 0.9}
pathlib.Path(os.environ["SM_MODEL_DIR"], "metrics.json").write_text(json.dumps(metrics))
"""


def both_there(lab: Lab, script: str = COUNTING) -> None:
    code = code_archive({"train.py": script})
    put(lab, **{f"{NORTH}1.dcm": b"1", f"{SOUTH}1.dcm": b"1", f"{SOUTH}2.dcm": b"2", imaging.CODE_KEY: code})


def trained(prefix: str = "imaging/train/", script: str = COUNTING, **changes: Any) -> Did:
    """A learner whose job differs from the right one in ``changes``."""

    def did(lab: Lab) -> None:
        both_there(lab, script)
        names = lab.names
        place = (names.subnet_a, names.training_security_group, names.kms_key)
        request = imaging.training_job("learners", prefix, *place)
        for field, value in changes.items():
            request[field] = request[field] | value if isinstance(value, dict) and value else value
        if not request.get("VpcConfig"):
            del request["VpcConfig"]
        boto3.client("sagemaker").create_training_job(**request)
        lab.wait("learners")

    return did


def then_more_came(lab: Lab) -> None:
    trained()(lab)
    put(lab, **{f"{SOUTH}3.dcm": b"3"})


AWS_KEY = {"KmsKeyId": ""}
TRAINED = {
    "untouched": ("10.2", nothing, NOT_ATTEMPTED, "no job has read"),
    "one hospital": ("10.2", trained(SOUTH), NOT_ATTEMPTED, "no job has read"),
    "both": ("10.2", trained(), DONE, "trained on 3 images"),
    "the key by its alias": (
        "10.2",
        trained(OutputDataConfig={"KmsKeyId": "alias/meridian-phi"}),
        DONE,
        "3 images",
    ),
    "not isolated": ("10.2", trained(EnableNetworkIsolation=False), NOT_YET, "EnableNetworkIsolation"),
    "not encrypted between": (
        "10.2",
        trained(EnableInterContainerTrafficEncryption=False),
        NOT_YET,
        "EnableInterContainerTrafficEncryption",
    ),
    "model's key not named": (
        "10.2",
        trained(OutputDataConfig=AWS_KEY),
        NOT_YET,
        "OutputDataConfig.KmsKeyId",
    ),
    "volume's key not named": (
        "10.2",
        trained(ResourceConfig={"VolumeKmsKeyId": ""}),
        NOT_YET,
        "VolumeKmsKeyId",
    ),
    "a script that fails": ("10.2", trained(script="raise SystemExit(3)"), NOT_YET, "is Failed"),
    "more images came": ("10.2", then_more_came, NOT_YET, "has seen 3 labelled images; 4 are"),
}


@each(SENT)
def test_a_check_of_objects(lab, exercise, do, status, words):
    assert_judged(lab, exercise, do, status, words)


@each(TRAINED)
def test_a_check_of_jobs(lab, exercise, do, status, words):
    assert_judged(lab, exercise, do, status, words)


@pytest.mark.parametrize(
    "do", [sending(profile), sending(well, lambda name, _: name)], ids=["profile", "keys"]
)
def test_catching_up_sends_what_is_clean(lab, do):
    do(lab)
    assert_catches_up(lab, "10.1")


def test_catching_up_trains_on_what_is_there(lab):
    """With whatever job the learner left; the model beats its baselines, and the job's controls hold."""
    trained(EnableNetworkIsolation=False)(lab)
    put(lab, **{f"{NORTH}1.dcm": b""})
    with lab.session_in(
        lab.names.subnet_b,
        role=scenario.OPERATOR_ROLE,
        security_groups=[lab.names.training_security_group],
    ) as inside:
        s3 = inside.client("s3")
        for key in (f"{NORTH}1.dcm", f"{SOUTH}1.dcm", f"{SOUTH}2.dcm"):
            s3.delete_object(Bucket=BUCKET, Key=key)
    lab.catch_up("10.1")
    assert lab.catch_up("10.2").status is DONE
    assert judged(lab, "10.2").saw.startswith("meridian-imaging-both trained on 319 images")


@pytest.mark.parametrize("exercise", ["10.1"])
def test_before_the_chapter_s_cells(exercise):
    assert_sound_before_the_chapter(10, exercise)
