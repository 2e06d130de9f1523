"""A symmetric key has no key pair until something of one is asked for; others have theirs at once, and it is moto's."""

from __future__ import annotations

import boto3
import pytest
from moto.kms import kms_backends
from moto.kms.utils import ECDSAPrivateKey, RSAPrivateKey, generate_private_key

ACCOUNT = "123456789012"


@pytest.fixture
def drawn(monkeypatch):
    """How many RSA key pairs moto has drawn, as a list of their sizes."""
    sizes = []
    original = RSAPrivateKey.__init__

    def draw(self, key_size):
        sizes.append(key_size)
        original(self, key_size)

    monkeypatch.setattr(RSAPrivateKey, "__init__", draw)
    return sizes


def pair_of(key):
    return kms_backends[ACCOUNT]["us-east-1"].keys[key["KeyMetadata"]["KeyId"]].private_key


def test_a_symmetric_key_encrypts_without_a_key_pair(cloud, drawn):
    kms = boto3.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    data = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    assert kms.decrypt(CiphertextBlob=data["CiphertextBlob"])["Plaintext"] == data["Plaintext"]
    assert drawn == []


def test_what_is_asked_of_the_pair_is_answered_by_one(cloud, drawn):
    pair = pair_of(boto3.client("kms").create_key())
    public = pair.public_key()
    assert public.startswith(b"0\x82")
    assert pair.public_key() == public
    assert drawn == [2048]


@pytest.mark.parametrize(
    ("spec", "usage", "kind"),
    [
        ("RSA_2048", "SIGN_VERIFY", RSAPrivateKey),
        ("ECC_NIST_P256", "SIGN_VERIFY", ECDSAPrivateKey),
    ],
)
def test_an_asymmetric_key_has_its_pair_at_once(cloud, spec, usage, kind):
    kms = boto3.client("kms")
    key = kms.create_key(KeySpec=spec, KeyUsage=usage)
    assert type(pair_of(key)) is kind
    algorithm = key["KeyMetadata"]["SigningAlgorithms"][0]
    asked = {"KeyId": key["KeyMetadata"]["KeyId"], "Message": b"x", "SigningAlgorithm": algorithm}
    assert kms.verify(**asked, Signature=kms.sign(**asked)["Signature"])["SignatureValid"]


def test_a_stopped_cloud_gives_moto_its_own_back(cloud):
    boto3.client("kms").create_key()
    cloud.stop()
    from moto.kms import models

    assert models.generate_private_key is generate_private_key


def test_canary_moto_draws_a_pair_for_each_key(bare, drawn):
    bare("kms").create_key()
    assert drawn == [2048]
