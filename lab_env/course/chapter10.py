"""The exercises of chapter 10: another hospital's studies, de-identified, and a job that trains on both, locked in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from json import loads
from tarfile import open as open_tar
from typing import TYPE_CHECKING, Any

from lab_env import scenario
from lab_env.course.exercise import Exercise, State, Status
from lab_env.errors import InvalidInput
from lab_env.scenario import TRAINING_BUCKET

if TYPE_CHECKING:
    from pydicom import Dataset

NORTH, SOUTH = "imaging/train/north/", "imaging/train/south/"
LABELS = "labels.csv"
JOB = "meridian-imaging-both"
Verdict = tuple[Status, str, str]


@dataclass(frozen=True, slots=True)
class Sent:
    """The second hospital's export, as the check needs it.

    Attributes:
        labels: 1 for a nodule, by the image's pixels.
        patients: the patient's id at the hospital, by the image's pixels.
        words: what must not be found anywhere.
        burned_in: the pixels that show a name.
    """

    labels: Mapping[bytes, int]
    patients: Mapping[bytes, str]
    words: frozenset[str]
    burned_in: frozenset[bytes]


@cache
def sent() -> Sent:
    """What the second hospital has sent. pydicom is imported when it is asked for, and not before."""
    from lab_env.dicom import identifiers, read
    from lab_env.scenario import imaging

    found, objects = (
        imaging.labels("south"),
        [read(content, name) for name, content in imaging.export("south")],
    )
    by_pixels = {bytes(one.PixelData): one for one in objects}
    burned = frozenset(key for key, one in by_pixels.items() if one.BurnedInAnnotation == "YES")
    return Sent(
        {key: found[one.SOPInstanceUID] for key, one in by_pixels.items() if key not in burned},
        {key: str(one.PatientID) for key, one in by_pixels.items()},
        frozenset[str]().union(*map(identifiers, objects)),
        burned,
    )


def _deidentified(state: State) -> Verdict:
    stored = dict(_objects(state, SOUTH))
    if not stored:
        return (
            Status.NOT_ATTEMPTED,
            f"nothing is under s3://{TRAINING_BUCKET}/{SOUTH}.",
            'The clinic\'s files are imaging.export("south").',
        )
    try:
        images = _images_of(stored)
    except InvalidInput as error:
        return Status.NOT_YET, f"{error.where}: {error.what}", "write(image) gives a whole file."
    told = _told(stored, images)
    if told:
        return Status.NOT_YET, *told
    wrong = _inconsistent(images) or _wrong_labels(stored, images)
    if wrong:
        return Status.NOT_YET, *wrong
    left_out = len(sent().patients) - len(images)
    also = f"; {left_out} left out" if left_out else "; the burned-in text is gone"
    return Status.DONE, f"{len(images)} images, and no element or key tells whose they are{also}.", ""


def _images_of(stored: Mapping[str, bytes]) -> dict[str, Dataset]:
    from lab_env.dicom import read

    return {key: read(body, key) for key, body in stored.items() if not key.endswith(".csv")}


def _told(stored: Mapping[str, bytes], images: Mapping[str, Dataset]) -> tuple[str, str] | None:
    """What the objects still tell: their keys, their elements, their pixels, the table of labels."""
    from lab_env.dicom import contains, remains

    for key, image in images.items():
        if contains(key, sent().words):
            return f"the key {key} tells whose it is.", "Keys stand in every log, and are never encrypted."
        residue = remains(image, sent().words)
        if bytes(image.PixelData) in sent().burned_in or residue.burned_in:
            return (
                f"{key} has text burned into its image, or says so.",
                "No element can mend pixels: leave it out, or blank its first rows and say NO.",
            )
        if residue.findings:
            first = residue.findings[0]
            return (
                f"{key} still tells {first.tag} {first.name}: {first.value!r} ({first.why}).",
                "remains(image, known) lists all; known are the words of identifiers(original).",
            )
    for key, body in stored.items():
        if key not in images and contains(body.decode(errors="replace"), sent().words):
            return f"{key} holds a patient's name or number.", "Label images by their new UIDs."
    return None


def _inconsistent(images: Mapping[str, Dataset]) -> tuple[str, str] | None:
    """What does not fit together any more, or is not there at all."""
    known = {key: bytes(image.PixelData) for key, image in images.items()}
    missing = sent().labels.keys() - set(known.values())
    if missing:
        return f"{len(missing)} of the clinic's images are missing.", "De-identify and send them all."
    pairs = {
        (sent().patients[pixels], str(images[key].PatientID), str(images[key].StudyInstanceUID))
        for key, pixels in known.items()
        if pixels in sent().patients
    }
    patients, subjects = ({pair[place] for pair in pairs} for place in (0, 1))
    if not len(pairs) == len(patients) == len(subjects):
        return (
            f"{len(patients)} patients became {len(subjects)} subjects in {len(pairs)} studies.",
            "One Pseudonyms object for all of them keeps together what belongs together.",
        )
    return None


def _wrong_labels(stored: Mapping[str, bytes], images: Mapping[str, Dataset]) -> tuple[str, str] | None:
    lines = stored.get(SOUTH + LABELS, b"").decode(errors="replace").splitlines()
    said = dict(line.split(",", 1) for line in lines if "," in line)
    for key, image in images.items():
        wanted = sent().labels.get(bytes(image.PixelData))
        if wanted is not None and said.get(str(image.SOPInstanceUID)) != str(wanted):
            return (
                f"{SOUTH}{LABELS} has no label {wanted} for the UID of {key}.",
                "One line an image: its new SOP instance UID, a comma, 0 or 1.",
            )
    return None


def _trained_on_both(state: State) -> Verdict:
    names = _job_names(state)
    jobs = [state.describe("sagemaker", "DescribeTrainingJob", {"TrainingJobName": name}) for name in names]
    both = [job for job in jobs if _reads(job, NORTH) and _reads(job, SOUTH) and _images(state, SOUTH)]
    if not both:
        return (
            Status.NOT_ATTEMPTED,
            f"no job has read {NORTH} and {SOUTH}.",
            "One channel reads both: what is their common prefix?",
        )
    verdicts = [_judged(state, job) for job in both]
    return next((verdict for verdict in verdicts if verdict[0] is Status.DONE), verdicts[-1])


def _judged(state: State, job: Mapping[str, Any]) -> Verdict:
    name, key = job["TrainingJobName"], state.find("kms_key") or ""
    output, resources = job["OutputDataConfig"], job["ResourceConfig"]
    faults = {
        "is not in the firm's VPC: VpcConfig": not (job.get("VpcConfig") or {}).get("Subnets"),
        "lets its script call out: EnableNetworkIsolation": not job.get("EnableNetworkIsolation"),
        "does not encrypt what instances say to one another: EnableInterContainerTrafficEncryption": not job.get(
            "EnableInterContainerTrafficEncryption"
        ),
        "leaves its volume to a key of AWS's: VolumeKmsKeyId": not _is_key(
            resources.get("VolumeKmsKeyId"), key
        ),
        "leaves its model to a key that the request does not name: OutputDataConfig.KmsKeyId": not _is_key(
            output.get("KmsKeyId"), key
        ),
    }
    wrong = next((fault for fault, there in faults.items() if there), None)
    if wrong is not None:
        return Status.NOT_YET, f"{name} {wrong}.", "No job can be changed: create another, under a new name."
    if job["TrainingJobStatus"] != "Completed":
        why = job.get("FailureReason", "")
        return (
            Status.NOT_YET,
            f"{name} is {job['TrainingJobStatus']}. {why}".strip(),
            "lab.wait, then look at its log.",
        )
    return _measured(state, job)


def _measured(state: State, job: Mapping[str, Any]) -> Verdict:
    """Whether the model in S3 was trained on both hospitals' images."""
    name = job["TrainingJobName"]
    bucket, _, key = job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix("s3://").partition("/")
    body = state.describe("s3", "GetObject", {"Bucket": bucket, "Key": key})["Body"]
    with open_tar(fileobj=BytesIO(body)) as model:
        file = model.extractfile("metrics.json")
        metrics = loads(file.read()) if file is not None else {}
    there = _images(state, NORTH) + _images(state, SOUTH)
    accuracy = metrics.get("held_out_accuracy", 0)
    if metrics.get("images") != there:
        return (
            Status.NOT_YET,
            f"{name} has seen {metrics.get('images')} labelled images; {there} are in the bucket now.",
            "Train again, on what is there now.",
        )
    return (
        Status.DONE,
        f"{name} trained on {there} images, isolated, under the firm's key; accuracy {accuracy:.2f}.",
        "",
    )


def _reads(job: Mapping[str, Any], prefix: str) -> bool:
    uris = [item["DataSource"]["S3DataSource"]["S3Uri"] for item in job.get("InputDataConfig") or []]
    return any(f"s3://{TRAINING_BUCKET}/{prefix}".startswith(uri) for uri in uris)


def _is_key(named: str | None, arn: str) -> bool:
    return bool(named) and named in (arn, arn.rpartition("/")[2], scenario.KEY_ALIAS, _alias_arn(arn))


def _alias_arn(arn: str) -> str:
    return f"{arn.rpartition(':')[0]}:{scenario.KEY_ALIAS}"


def _job_names(state: State) -> list[str]:
    listed = state.describe("sagemaker", "ListTrainingJobs", {"MaxResults": 100})["TrainingJobSummaries"]
    return sorted(item["TrainingJobName"] for item in listed)


def _keys(state: State, prefix: str) -> list[str]:
    asked = {"Bucket": TRAINING_BUCKET, "Prefix": prefix}
    return [item["Key"] for item in state.describe("s3", "ListObjectsV2", asked).get("Contents", [])]


def _images(state: State, prefix: str) -> int:
    return sum(key.endswith(".dcm") for key in _keys(state, prefix))


def _objects(state: State, prefix: str) -> Iterator[tuple[str, bytes]]:
    for key in _keys(state, prefix):
        yield key, state.describe("s3", "GetObject", {"Bucket": TRAINING_BUCKET, "Key": key})["Body"]


def _send_south(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    del find
    from lab_env.scenario import imaging

    s3 = client("s3")
    old = s3.list_objects_v2(Bucket=TRAINING_BUCKET, Prefix=SOUTH).get("Contents", [])
    for item in old:
        s3.delete_object(Bucket=TRAINING_BUCKET, Key=item["Key"])
    imaging.send(s3, "south", SOUTH)


def _train_on_both(client: Callable[[str], Any], find: Callable[[str], str | None]) -> None:
    from lab_env.scenario import imaging

    s3, sagemaker = client("s3"), client("sagemaker")
    for hospital, prefix in (("north", NORTH), ("south", SOUTH)):
        if not s3.list_objects_v2(Bucket=TRAINING_BUCKET, Prefix=prefix).get("KeyCount"):
            imaging.send(s3, hospital, prefix)
    s3.put_object(Bucket=TRAINING_BUCKET, Key=imaging.CODE_KEY, Body=imaging.training_code())
    subnet, group, key = (find(name) or "" for name in ("subnet_a", "training_security_group", "kms_key"))
    taken = sagemaker.list_training_jobs(NameContains=JOB)["TrainingJobSummaries"]
    name = f"{JOB}-{len(taken) + 1}" if taken else JOB
    sagemaker.create_training_job(**imaging.training_job(name, "imaging/train/", subnet, group, key))
    sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=name)


EXERCISES = (
    Exercise(
        "10.1",
        "Another hospital's studies, with nothing left that tells whose they are",
        2,
        _deidentified,
        _send_south,
        inside=True,
        hints=(
            "The loop of Northgate's export does most of it. What differs is the one image that says so itself.",
            "De-identify, take WindowCenterWidthExplanation away, and ask remains whether a name is burned in.",
            "Keys and labels go by the new UID. Leave out the image with burned-in text, and its label too.",
        ),
    ),
    Exercise(
        "10.2",
        "Train on both hospitals' studies, isolated, under the firm's key",
        2,
        _trained_on_both,
        _train_on_both,
        inside=True,
        hints=(
            "The chapter's own job is right in everything but its data. Copy it.",
            "Both hospitals lie under one prefix, and a channel is a prefix.",
            "A new TrainingJobName, and the channel train at imaging/train/; isolation and both keys stay. Then wait.",
        ),
    ),
)
