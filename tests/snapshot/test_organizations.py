"""An organization's policies, level by level."""

from __future__ import annotations

import json

import boto3
import pytest

from lab_env.policy import Kind
from lab_env.snapshot.organizations import Organization, read_organization
from lab_env.snapshot.service_export import export_services, write_services
from lab_env.snapshot.service_files import read_services
from lab_env.snapshot.services import read_state
from tests.snapshot.clouds import ACCOUNT, by_client, by_cloud, policy
from tests.snapshot.test_service_files import NETWORK


@pytest.fixture
def org(cloud):
    """Root, a unit, and in it an account with a policy of each kind on a level of its own."""
    client = boto3.client("organizations")
    name = client.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    root = client.list_roots()["Roots"][0]["Id"]
    for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        client.enable_policy_type(RootId=root, PolicyType=kind)
    unit = client.create_organizational_unit(ParentId=root, Name="science")["OrganizationalUnit"]["Id"]
    made = client.create_account(Email="lab@example.com", AccountName="lab")
    account = made["CreateAccountStatus"]["AccountId"]
    client.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
    attach(client, "stay-home", policy("*", "*", "Deny"), "SERVICE_CONTROL_POLICY", unit)
    deny = policy("s3:*", "*", "Deny", Principal="*")
    attach(client, "own-network", deny, "RESOURCE_CONTROL_POLICY", account)
    return client, name, account


def attach(client, name, content, kind, target):
    """A new policy on a root, a unit or an account."""
    made = client.create_policy(Name=name, Description="", Type=kind, Content=content)
    client.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)


def sources(levels):
    return [[item.source for item in level] for level in levels]


@pytest.mark.parametrize("way", ["cloud", "client"])
def test_policies_by_level(cloud, org, way):
    """From the root down; the management account is in the organization, and above its policies."""
    _, name, account = org
    ask = by_client("organizations") if way == "client" else by_cloud(cloud, "organizations")
    found = read_organization(ask)
    assert found.ids == {ACCOUNT: name, account: name}
    assert set(found.scps) == set(found.rcps) == {account}
    assert sources(found.scps[account]) == [
        ["FullAWSAccess"],
        ["FullAWSAccess", "stay-home"],
        ["FullAWSAccess"],
    ]
    assert sources(found.rcps[account])[2] == ["RCPFullAWSAccess", "own-network"]
    assert {item.kind for level in found.rcps[account] for item in level} == {Kind.RCP}


def test_a_kind_that_is_not_enabled(cloud, org):
    """Policies of that kind stand attached and have no effect."""
    client, _, account = org
    client.disable_policy_type(
        RootId=client.list_roots()["Roots"][0]["Id"], PolicyType="RESOURCE_CONTROL_POLICY"
    )
    found = read_organization(by_client("organizations"))
    assert found.rcps == {}
    assert set(found.scps) == {account}


def test_no_organization(cloud):
    assert read_organization(by_client("organizations")) == Organization()


def test_in_a_state_and_in_files(cloud, org, tmp_path):
    """`read_state` asks for it, and its files are read again."""
    _, name, account = org
    state = read_state(by_client, ACCOUNT, NETWORK)
    assert state.organizations[account] == name
    write_services(export_services(by_client, ACCOUNT, NETWORK), tmp_path)
    again = read_services(tmp_path, NETWORK)
    assert (again.scps, again.rcps, again.organizations) == (state.scps, state.rcps, state.organizations)


def test_an_account_that_may_not_ask(tmp_path):
    """A member is told of its organization and no more; what it cannot see could only forbid more."""
    answer = {"Organization": {"Id": "o-1", "MasterAccountId": "999999999999"}}
    folder = tmp_path / "accounts" / ACCOUNT / "organizations"
    folder.mkdir(parents=True)
    (folder / "describe-organization.json").write_text(json.dumps(answer), encoding="utf-8")
    state = read_services(tmp_path, NETWORK)
    assert state.organizations == {ACCOUNT: "o-1"}
    assert state.scps == {}
