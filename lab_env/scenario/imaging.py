"""Chapter 10's application: is there a nodule? Its (synthetic) CT studies as hospitals send them, its script, its job.

Nobody's data: names, numbers and pixels are drawn from a fixed seed. Each hospital hides identity where hospitals do:
in file names, comments, private elements, nested sequences, UIDs, an attribute that the basic profile keeps, and in
pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, SecondaryCaptureImageStorage

from lab_env.dicom import Pseudonyms, deidentify, read, write
from lab_env.errors import NotFound
from lab_env.scenario import lung, readmission
from lab_env.scenario.assets import asset, code_archive
from lab_env.scenario.firm import MODEL_BUCKET, TRAINING_BUCKET

CODE_KEY = "code/imaging/sourcedir.tar.gz"
# Where pydicom lets anybody make UIDs; hospitals put dates and numbers behind such a root.
_ROOT = "1.2.826.0.1.3680043.8.498"
_FAMILY = (
    "Moreno",
    "Abebe",
    "Lindqvist",
    "Okafor",
    "Tanaka",
    "Novak",
    "Haddad",
    "Murphy",
    "Silva",
    "Petrov",
    "Yilmaz",
    "Kowalski",
)
_GIVEN = (
    "Ines",
    "Tomas",
    "Amara",
    "Yuki",
    "Lena",
    "Omar",
    "Sofia",
    "Pavel",
    "Grace",
    "Mateo",
    "Freya",
    "Idris",
)
_IMAGES_A_PATIENT = 2


@dataclass(frozen=True, slots=True)
class Hospital:
    """Who sends studies.

    Attributes:
        name: as in its objects.
        patients: how many it sends, two images each.
        seed: what its studies are drawn from.
        burns_in: the number of the image into whose pixels its scanner wrote the patient's name; 0 for none.
    """

    name: str
    patients: int
    seed: int
    burns_in: int = 0


HOSPITALS = {
    "north": Hospital("Northgate Hospital", 140, 10),
    "south": Hospital("Southport Clinic", 20, 11, burns_in=9),
}


def export(hospital: str = "north") -> Iterator[tuple[str, bytes]]:
    """A hospital's export: file name and DICOM file, two images a patient.

    Args:
        hospital: ``north`` or ``south``.
    """
    yield from ((name, content) for name, content, _, _ in _studies(_hospital(hospital)))


def labels(hospital: str = "north") -> dict[str, int]:
    """What radiologists found, by the SOP instance UID as the hospital sent it: 1 for a nodule.

    Args:
        hospital: ``north`` or ``south``.
    """
    return {uid: nodule for _, _, uid, nodule in _studies(_hospital(hospital))}


def screenshot() -> bytes:
    """A screen capture as ultrasound rooms make them: the patient's name is in its pixels, and no element says so."""
    draw = np.random.default_rng(12)
    picture = 350 + 150 * draw.normal(size=(32, 64))
    dataset = _person(Random(12), _hospital("south"), 1)
    dataset.SOPClassUID, dataset.Modality = SecondaryCaptureImageStorage, "OT"
    dataset.ConversionType = "SD"
    name = str(dataset.PatientName).replace("^", " ")
    _place(dataset, lung.burn_in(picture, f"{name[:14]}"), 1)
    return write(dataset)


def training_script() -> str:
    """The source of the training script, as the job runs it."""
    return asset("imaging/train.py")


def training_code() -> bytes:
    """``sourcedir.tar.gz`` with the training script; the same bytes each time."""
    return code_archive({"train.py": training_script()})


def training_job(name: str, prefix: str, subnet: str, group: str, key: str) -> dict[str, Any]:
    """The request of chapter 10's training job: isolated, encrypted between its instances, the firm's key everywhere.

    Args:
        name: ``TrainingJobName``.
        prefix: of its images and labels in the training bucket.
        subnet: id of the subnet it runs in.
        group: id of its security group.
        key: of its volume and its model, by ARN.
    """
    usual = readmission.training_job(name, [subnet], [group])
    _, code = usual["InputDataConfig"]
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{TRAINING_BUCKET}/{prefix}"}
    at = {"S3Uri": f"s3://{TRAINING_BUCKET}/{CODE_KEY.rpartition('/')[0]}/"}
    return usual | {
        "HyperParameters": usual["HyperParameters"] | {"epochs": "10"},
        "InputDataConfig": [
            {"ChannelName": "train", "DataSource": {"S3DataSource": source}},
            code | {"DataSource": {"S3DataSource": source | at}},
        ],
        "OutputDataConfig": {"S3OutputPath": f"s3://{MODEL_BUCKET}/imaging", "KmsKeyId": key},
        "ResourceConfig": usual["ResourceConfig"] | {"VolumeKmsKeyId": key},
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
    }


def send(s3: Any, hospital: str, prefix: str, secret: bytes = b"kept in a vault") -> None:
    """De-identify a hospital's export and put it into the training bucket, images with burned-in text left out.

    Args:
        s3: a client inside the VPC.
        hospital: ``north`` or ``south``.
        prefix: where its objects go.
        secret: what the pseudonyms are made from.
    """
    pseudonyms, found = Pseudonyms(secret), labels(hospital)
    lines = ["sop_instance_uid,nodule"]
    for name, content in export(hospital):
        original = read(content, name)
        if original.BurnedInAnnotation == "YES":
            continue
        clean = deidentify(original, pseudonyms)
        del clean.WindowCenterWidthExplanation
        s3.put_object(Bucket=TRAINING_BUCKET, Key=f"{prefix}{clean.SOPInstanceUID}.dcm", Body=write(clean))
        lines.append(f"{clean.SOPInstanceUID},{found[original.SOPInstanceUID]}")
    s3.put_object(Bucket=TRAINING_BUCKET, Key=f"{prefix}labels.csv", Body="\n".join(lines).encode())


def _hospital(name: str) -> Hospital:
    try:
        return HOSPITALS[name]
    except KeyError:
        raise NotFound(f"there is no hospital {name!r}.", do=f"There are {', '.join(HOSPITALS)}.") from None


@cache
def _studies(hospital: Hospital) -> tuple[tuple[str, bytes, str, int], ...]:
    return tuple(_draw(hospital))


def _draw(hospital: Hospital) -> Iterator[tuple[str, bytes, str, int]]:
    """File name, DICOM file, SOP instance UID and label of each image."""
    words, noise = Random(hospital.seed), np.random.default_rng(hospital.seed)
    for patient in range(1, hospital.patients + 1):
        dataset = _person(words, hospital, patient)
        family = str(dataset.PatientName).partition("^")[0]
        for image in range(1, _IMAGES_A_PATIENT + 1):
            nodule = int(noise.random() < 0.5)
            picture = lung.patch(noise, nodule=bool(nodule))
            burned = hospital.burns_in == _IMAGES_A_PATIENT * (patient - 1) + image
            dataset.BurnedInAnnotation = "YES" if burned else "NO"
            _place(dataset, lung.burn_in(picture, family) if burned else picture, image)
            file = f"{family.upper()}_{dataset.PatientID}_{image}.dcm"
            yield file, write(dataset), str(dataset.SOPInstanceUID), nodule


def _person(words: Random, hospital: Hospital, number: int) -> Dataset:
    """A CT object's elements, without its picture, with everything that tells who it is of."""
    family, given = words.choice(_FAMILY), words.choice(_GIVEN)
    born = f"{words.randint(1935, 1995)}{words.randint(1, 12):02d}{words.randint(1, 28):02d}"
    date, time = (
        f"2025{words.randint(1, 12):02d}{words.randint(1, 28):02d}",
        f"{words.randint(8, 17):02d}1500",
    )
    telephone = f"555-01{words.randint(0, 99):02d}"
    dataset = Dataset()
    dataset.SOPClassUID, dataset.Modality, dataset.ImageType = (
        CTImageStorage,
        "CT",
        ["ORIGINAL", "PRIMARY", "AXIAL"],
    )
    dataset.Manufacturer, dataset.ManufacturerModelName = "SYNTHETIC", "lab scanner"
    dataset.PatientName, dataset.PatientID = f"{family}^{given}", f"MRN{hospital.seed}{number:04d}"
    dataset.PatientBirthDate, dataset.PatientSex = born, words.choice("FM")
    dataset.PatientAge = f"{2025 - int(born[:4]):03d}Y"
    dataset.PatientTelephoneNumbers = telephone
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = dataset.ContentDate = date
    dataset.StudyTime = dataset.SeriesTime = dataset.AcquisitionTime = dataset.ContentTime = time
    dataset.AccessionNumber, dataset.StudyID = f"ACC{hospital.seed}{number:05d}", str(number)
    dataset.InstitutionName, dataset.StationName = hospital.name, f"CT{hospital.seed}"
    dataset.ReferringPhysicianName = f"{words.choice(_FAMILY)}^{words.choice(_GIVEN)}^^Dr"
    dataset.StudyDescription, dataset.SeriesDescription = "Chest CT", f"Follow-up {family}"
    dataset.DeviceSerialNumber = f"SN-{hospital.seed}-7731"
    dataset.StudyInstanceUID = f"{_ROOT}.{hospital.seed}.{date}.{number}"
    dataset.SeriesInstanceUID = f"{dataset.StudyInstanceUID}.1"
    dataset.FrameOfReferenceUID = f"{dataset.StudyInstanceUID}.9"
    dataset.SeriesNumber, dataset.PatientPosition, dataset.KVP = 1, "HFS", 120
    _hide(dataset, family, telephone)
    return dataset


def _hide(dataset: Dataset, family: str, telephone: str) -> None:
    """Put identity where a list of the obvious attributes does not look."""
    dataset.ImageComments = f"SYNTHETIC. {family} asks to be called on {telephone}"
    earlier, request = Dataset(), Dataset()
    earlier.ReferencedSOPClassUID = CTImageStorage
    earlier.ReferencedSOPInstanceUID = f"{dataset.StudyInstanceUID}.0.1"
    request.RequestedProcedureDescription = f"Compare with {family}'s scan of last year"
    dataset.ReferencedStudySequence = Sequence([earlier])
    dataset.RequestAttributesSequence = Sequence([request])
    private = dataset.private_block(0x0011, "MERIDIAN PACS", create=True)
    private.add_new(0x01, "LO", f"{family} {dataset.PatientID}")
    # The basic profile keeps this one: it is meant for words like "LUNG".
    dataset.WindowCenterWidthExplanation = f"LUNG {family}"


def _place(dataset: Dataset, picture: np.ndarray, number: int) -> None:
    """Give an object its picture, its number, and the UIDs that depend on it."""
    dataset.SOPInstanceUID = f"{dataset.SeriesInstanceUID}.{number}"
    dataset.InstanceNumber = dataset.AcquisitionNumber = number
    dataset.Rows, dataset.Columns = picture.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 1
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = -1024, 1, "HU"
    dataset.WindowCenter, dataset.WindowWidth = -400, 1200
    dataset.PixelData = (picture + 1024).astype("<i2").tobytes()
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = (
        dataset.SOPClassUID,
        dataset.SOPInstanceUID,
    )
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta = meta
