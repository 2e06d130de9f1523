"""DATA-1 to DATA-4 on states that differ in one thing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab_env.compliance import Status, audit
from lab_env.policy import Kind
from lab_env.snapshot.state import BucketEncryption, Key, PublicAccessBlock
from tests.compliance import services as made
from tests.compliance import states
from tests.compliance.services import DATA, FIRM, MODELS, bucket, deny, locked
from tests.network.builder import ALLOW_ALL, acl, changed

HOLDS, FAILS, NOTHING, UNKNOWN = (
    Status.HOLDS,
    Status.DOES_NOT_HOLD,
    Status.NOTHING_TO_JUDGE,
    Status.CANNOT_TELL,
)
KEY = made.KEY
NAMED_BY_ALIAS = BucketEncryption("aws:kms", "alias/meridian-phi")


def findings(control, services, network=None):
    report = audit(network or states.option_d_locked(), [states.SITE], control, services=services, firm=FIRM)
    return report.findings


def first(control, services):
    """The finding on the training bucket."""
    return next(item for item in findings(control, services) if item.resource == DATA)


def key(**changes):
    return replace(Key(KEY, made.DELEGATES, rotates=True, aliases=("alias/meridian-phi",)), **changes)


ENCRYPTION = {
    "the firm's key": (locked(), HOLDS, f"encrypts with {KEY}, the firm's own key, which rotates"),
    "by its alias": (locked(buckets=bucket(encryption=NAMED_BY_ALIAS)), HOLDS, "encrypts with alias/meridian-phi"),
    "by its id, in two layers": (
        locked(buckets=bucket(encryption=BucketEncryption("aws:kms:dsse", "1111"))),
        HOLDS,
        "encrypts with 1111",
    ),
    "S3's own keys": (locked(buckets=bucket(encryption=BucketEncryption())), FAILS, "with AES256, by no KMS key"),
    "aws/s3": (
        locked(buckets=bucket(encryption=BucketEncryption("aws:kms"))),
        FAILS,
        "with the key aws/s3, which AWS manages",
    ),
    "a key that AWS manages": (locked(keys=key(customer_managed=False)), FAILS, f"with {KEY}, which AWS manages"),
    "a disabled key": (locked(keys=key(enabled=False)), FAILS, "which is disabled"),
    "a key that never rotates": (locked(keys=key(rotates=False)), FAILS, "which does not rotate"),
}  # fmt: skip


@pytest.mark.parametrize(("services", "status", "said"), ENCRYPTION.values(), ids=ENCRYPTION)
def test_data_1(services, status, said):
    """The bucket names the key; the key has to be the firm's, alive, and to rotate."""
    found = first("DATA-1", services)
    assert found.status is status
    assert said in found.sentence
    assert found.evidence[0].seen.startswith("default encryption ")


@pytest.mark.parametrize(
    ("services", "change"),
    [
        (
            ENCRYPTION["S3's own keys"][0],
            (
                's3.put_bucket_encryption(Bucket="meridian-phi-training", ServerSideEncryptionConfiguration={"Rules": '
                '[{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": '
                f'"{KEY}"}}, "BucketKeyEnabled": True}}]}})'
            ),
        ),
        (ENCRYPTION["a disabled key"][0], 'kms.enable_key(KeyId="1111")'),
        (ENCRYPTION["a key that never rotates"][0], 'kms.enable_key_rotation(KeyId="1111")'),
        (made.unlocked(), 'kms.create_key(Description="patients\' data")'),
    ],
)
def test_data_1_says_what_to_change(services, change):
    """One call, the one that comes next."""
    assert first("DATA-1", services).change == change


def test_data_1_does_not_guess_a_key_that_was_not_read():
    """A key that the state does not hold may be anybody's."""
    other = BucketEncryption("aws:kms", "arn:aws:kms:us-east-1:123456789012:key/2222")
    (finding,) = findings("DATA-1", locked(buckets=bucket(encryption=other)))
    assert finding.status is UNKNOWN
    assert finding.sentence.endswith("nothing is known of the key that encrypts this bucket.")


def policy(*statements, name=DATA):
    return bucket(name, policy=made.policy(Kind.RESOURCE, *statements))


ARNS = [f"arn:aws:s3:::{DATA}", f"arn:aws:s3:::{DATA}/*"]
TLS = {
    "everything": (locked(), HOLDS),
    "no policy": (locked(buckets=bucket(policy=None)), FAILS),
    "objects only": (
        locked(buckets=policy(deny("s3:*", ARNS[1], "*", Bool={"aws:SecureTransport": "false"}))),
        FAILS,
    ),
    "reads only": (
        locked(buckets=policy(deny("s3:Get*", ARNS, "*", Bool={"aws:SecureTransport": "false"}))),
        FAILS,
    ),
    "only for strangers": (
        locked(
            buckets=policy(
                deny(
                    "s3:*",
                    ARNS,
                    "*",
                    Bool={"aws:SecureTransport": "false"},
                    StringNotEquals={"aws:PrincipalAccount": "123456789012"},
                )
            )
        ),
        FAILS,
    ),
    "by a minimum version, which plain HTTP has not": (
        locked(buckets=policy(deny("s3:*", ARNS, "*", Bool={"aws:SecureTransport": ["false"]}))),
        HOLDS,
    ),
    "refused for another reason, endpoint or not": (
        locked(buckets=policy(made.through_endpoint(DATA))),
        FAILS,
    ),
    "the models' bucket forgotten": (locked(buckets=bucket(MODELS, policy=None)), FAILS),
}


@pytest.mark.parametrize(("services", "status"), TLS.values(), ids=TLS)
def test_data_2(services, status):
    """What is served with TLS has to be refused without."""
    found = {item.status for item in findings("DATA-2", services)}
    assert (FAILS in found) is (status is FAILS)


def test_data_2_says_what_is_served():
    """The whole finding, and the statement that has to stand beside the others."""
    finding = first("DATA-2", TLS["refused for another reason, endpoint or not"][0])
    assert finding.sentence == (
        "meridian-phi-training serves requests without TLS: s3:ListBucket by MeridianTrainingRole from the internet, "
        "say."
    )
    assert finding.change.startswith(
        'add to the policy of meridian-phi-training the statement {"Effect": "Deny"'
    )
    assert all(one.trace.flow.port == 80 for one in finding.evidence)


def test_data_2_is_no_matter_of_the_jobs_own_security_group():
    """That jobs cannot send plain HTTP says nothing of others; nor does a network ACL that stops port 80 there."""
    open_models = locked(buckets=policy(made.through_endpoint(DATA)))
    only_https = acl("acl-1", "in 100 allow all 0.0.0.0/0", "out 90 deny tcp 80 0.0.0.0/0", *ALLOW_ALL[1:],
                     subnets=("subnet-a",))  # fmt: skip
    network = changed(states.option_d_locked(), network_acls=only_https)
    assert FAILS in {item.status for item in findings("DATA-2", open_models, network)}


def test_data_2_on_a_bucket_that_serves_nobody():
    """There is nothing to compare."""
    closed = locked(buckets=policy(deny("s3:*", ARNS, "*")))
    assert first("DATA-2", closed).status is NOTHING


ON = PublicAccessBlock(*[True] * 4)
PUBLIC = {
    "as S3 makes it": (bucket(), [HOLDS]),
    "one setting off": (bucket(public_access=replace(ON, restrict_public_buckets=False)), [FAILS]),
    "all off": (bucket(public_access=PublicAccessBlock()), [FAILS]),
    "ACLs count": (bucket(ownership="ObjectWriter"), [FAILS]),
    "both": (bucket(public_access=PublicAccessBlock(), ownership="BucketOwnerPreferred"), [FAILS, FAILS]),
}


@pytest.mark.parametrize(("kept", "statuses"), PUBLIC.values(), ids=PUBLIC)
def test_data_3(kept, statuses):
    """All four settings, and no ACLs."""
    found = [item for item in findings("DATA-3", locked(buckets=kept)) if item.resource == DATA]
    assert [item.status for item in found] == statuses


def test_data_3_names_what_is_off():
    """And the call that turns all of it on."""
    finding = first("DATA-3", locked(buckets=PUBLIC["one setting off"][0]))
    assert finding.sentence == (
        "meridian-phi-training does not block all public access: RestrictPublicBuckets off."
    )
    assert finding.change == (
        's3.put_public_access_block(Bucket="meridian-phi-training", PublicAccessBlockConfiguration={"BlockPublicAcls": '
        'True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True})'
    )


@pytest.mark.parametrize(
    ("versioning", "status", "said"),
    [
        ("Enabled", HOLDS, "keeps every version of an object"),
        ("Suspended", FAILS, "is lost: versioning was suspended"),
        ("", FAILS, "is lost: versioning was never enabled"),
    ],
)
def test_data_4(versioning, status, said):
    """Of the training data alone: a model can be trained again."""
    (finding,) = findings("DATA-4", locked(buckets=bucket(versioning=versioning)))
    assert (finding.status, finding.resource) == (status, DATA)
    assert said in finding.sentence


def test_a_bucket_that_was_not_read():
    """Nobody knows, and the finding says so; the audit goes on."""
    services = locked()
    services = replace(services, buckets={MODELS: services.buckets[MODELS]})
    for control in ("DATA-1", "DATA-2", "DATA-3", "DATA-4", "IAM-2", "LOG-1"):
        assert UNKNOWN in {item.status for item in findings(control, services)}
