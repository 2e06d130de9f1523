"""A whole account through a session, and nothing but calls that read."""

from __future__ import annotations

import boto3
import pytest

from lab_env.errors import LabError
from lab_env.policy import Kind, PolicySet, Request, evaluate
from lab_env.snapshot.account import READS, read_account, reading
from lab_env.snapshot.ec2 import read_ec2
from lab_env.snapshot.policies import stored_policy
from lab_env.snapshot.services import read_state
from tests.snapshot.clouds import ACCOUNT, by_client, policy
from tests.snapshot.test_service_files import build


class Recorder:
    """A session that remembers what its clients are asked, by the client's own events."""

    def __init__(self):
        self.asked = set()
        self._session = boto3.Session()

    def client(self, service, *, region_name=None):
        client = self._session.client(service, region_name=region_name)
        client.meta.events.register("before-call", self._note)
        return client

    def _note(self, model, **_):
        self.asked.add((model.service_model.service_name, model.name))


def build_all():
    """One of each thing that costs a further call."""
    build()
    iam, ec2, org = boto3.client("iam"), boto3.client("ec2"), boto3.client("organizations")
    own = iam.create_policy(PolicyName="own", PolicyDocument=policy("s3:*"))["Policy"]["Arn"]
    iam.put_user_policy(UserName="ada", PolicyName="p", PolicyDocument=policy("s3:*"))
    iam.attach_group_policy(GroupName="staff", PolicyArn=own)
    ec2.create_managed_prefix_list(PrefixListName="own", MaxEntries=1, AddressFamily="IPv4")
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ec2.create_transit_gateway_route_table(TransitGatewayId=gateway)
    org.create_organization(FeatureSet="ALL")
    root = org.list_roots()["Roots"][0]["Id"]
    org.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    org.create_account(Email="lab@example.com", AccountName="lab")
    boto3.client("directconnect").create_direct_connect_gateway(directConnectGatewayName="gate")


def test_the_account_and_the_calls(cloud):
    """The same state as by any other way; each call on the list is made, and none that is not on it."""
    build_all()
    recorder = Recorder()
    account = read_account(reading(recorder), "us-east-1")
    assert account.id == ACCOUNT
    assert account.network.vpcs == read_ec2(by_client("ec2"), "us-east-1").vpcs
    assert account.network.missing == frozenset()
    assert account.services == read_state(by_client, ACCOUNT, account.network)
    assert recorder.asked == {(service, name) for service, names in READS.items() for name in names}


def test_every_call_on_the_list_reads():
    """By AWS's naming: these never change anything."""
    names = {name for calls in READS.values() for name in calls}
    others = {name for name in names if not name.startswith(("Describe", "Get", "List"))}
    assert others == {"SearchTransitGatewayRoutes"}


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("s3", "DeleteBucket"),
        ("s3", "GetObject"),
        ("ec2", "TerminateInstances"),
        ("sts", "AssumeRole"),
        ("iam", "ListBuckets"),
        ("secretsmanager", "GetSecretValue"),
    ],
)
def test_anything_else_is_refused_before_a_client_exists(service, operation):
    """Not even objects are read: the list is of settings."""

    class NoSession:
        def client(self, service_name, *, region_name=None):
            raise AssertionError(service_name)

    with pytest.raises(LabError, match="not among those that reading an account makes"):
        reading(NoSession())(service, "us-east-1")(operation, {})


# Where the name of the permission is not that of the call (Service Authorization Reference, Amazon S3).
PERMISSIONS = {
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "ListBuckets": "ListAllMyBuckets",
}
# Anybody may ask who they are: no permission is needed.
NEEDS_NONE = {"sts:GetCallerIdentity"}


def test_awss_policy_for_auditors_allows_every_call(cloud):
    """SecurityAudit, as AWS publishes it."""
    arn = "arn:aws:iam::aws:policy/SecurityAudit"
    iam = boto3.client("iam")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    allowed = PolicySet(identity=(stored_policy(document, Kind.IDENTITY, "SecurityAudit"),))
    wanted = {
        f"{service}:{PERMISSIONS.get(name, name)}" for service, names in READS.items() for name in names
    }
    role = f"arn:aws:iam::{ACCOUNT}:role/Auditor"
    refused = {name for name in wanted if not evaluate(Request(role, name), allowed).allowed}
    assert refused == NEEDS_NONE
