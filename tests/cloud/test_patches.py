"""Patches go away without a trace, in whatever order they came."""

import json
from collections import Counter
from functools import partial
from types import SimpleNamespace

import boto3
import botocore.session
import pytest
from botocore import compat, hooks
from botocore.exceptions import ClientError
from moto.core import responses as moto_responses
from moto.core import serialize
from moto.core import utils as moto_utils
from moto.core.loaders import create_loader
from moto.ec2.responses import EC2Response
from moto.s3 import models as moto_s3

from lab_env.cloud.models import shared_loader
from lab_env.cloud.patches import Patches


class Parent:
    kept = "parent's"

    @staticmethod
    def helper():
        return "static"


class Child(Parent):
    own = "child's"


def test_what_was_there_comes_back():
    patches = Patches()
    before = dict(vars(Child)), dict(vars(Parent))
    assert patches.set(Child, "own", 1) == "child's"
    assert patches.set(Child, "own", 2) == 1
    assert patches.set(Child, "kept", 3) == "parent's"
    assert patches.set(Child, "new", 4) is None
    patches.set(Parent, "helper", lambda: "patched")
    assert (Child.own, Child.kept, Child.new) == (2, 3, 4)
    patches.undo()
    assert (dict(vars(Child)), dict(vars(Parent))) == before
    assert Parent.helper() == "static"
    patches.undo()


def test_instances_and_modules_too():
    patches, thing = Patches(), SimpleNamespace(a=1)
    patches.set(thing, "a", 2)
    patches.set(thing, "b", 3)
    assert vars(thing) == {"a": 2, "b": 3}
    patches.undo()
    assert vars(thing) == {"a": 1}


def test_a_stopped_cloud_leaves_moto_as_it_was(ec2, s3, cloud):
    """What the gaps change, they change back."""
    ec2.describe_vpcs()
    s3.list_buckets()
    changed = [(owner, name) for owner, name, _ in cloud.patches._kept]
    assert len(changed) > 40
    cloud.stop()
    assert not hasattr(EC2Response, "enable_vgw_route_propagation")
    assert moto_responses.method_names_from_class is moto_utils.method_names_from_class
    for owner, name in changed:
        value = vars(owner).get(name)
        assert not getattr(value, "__module__", "").startswith("lab_env"), (owner, name)
    assert moto_s3.FakeBucket.get_permission.__module__ == "moto.s3.models"


def test_remembered_methods_are_motos_own(cloud):
    remembered = moto_responses.method_names_from_class(EC2Response)
    assert remembered == moto_utils.method_names_from_class(EC2Response)
    assert moto_responses.method_names_from_class(EC2Response) is remembered


def test_canary_moto_lists_methods_and_reloads_url_patterns_on_each_call(bare):
    listed = [moto_responses.method_names_from_class(EC2Response) for _ in range(2)]
    assert listed[0] is not listed[1]
    backend = moto_s3.s3_backends["123456789012"]["aws"]
    before = backend._url_module.url_paths
    assert backend._url_module.url_paths is not before


def test_motos_view_of_ec2s_model_is_motos_own(ec2):
    ec2.describe_vpcs()
    shared = moto_utils._load_service_model("ec2", "service-2")
    loaded = create_loader().load_service_model("ec2", "service-2")
    assert shared["shapes"] == loaded["shapes"]
    assert shared["operations"] == loaded["operations"]
    assert "DryRunOperation" in shared["shapes"]


@pytest.mark.parametrize("service", ["iam", "sts", "kms", "logs", "cloudtrail"])
def test_motos_view_of_other_models_is_motos_own(cloud, service):
    """Also the second time, and where moto adds to the model."""
    for _ in range(2):
        loaded = moto_utils._load_service_model(service, "service-2")
        assert loaded == create_loader().load_service_model(service, "service-2")


def test_canary_moto_makes_a_loader_for_each_model(bare, monkeypatch):
    made, original = [], moto_utils.create_loader
    monkeypatch.setattr(moto_utils, "create_loader", lambda: made.append(1) or original())
    for _ in range(2):
        moto_utils._load_service_model("sts", "service-2")
    assert len(made) == 2


def test_botocores_model_is_left_as_it_is(ec2):
    ec2.describe_vpcs()
    assert "DryRunOperation" not in shared_loader().load_service_model("ec2", "service-2")["shapes"]


def methods(client):
    """The names of the operations that a client's class offers."""
    return set(type(client)._PY_TO_OP_NAME)


def test_clients_share_their_methods_and_what_is_added_to_one_stays_there(cloud):
    shared = boto3.client("ec2"), boto3.client("ec2")
    assert type(shared[0]) is not type(shared[1])
    assert type(shared[0]).describe_vpcs is type(shared[1]).describe_vpcs
    session = boto3.Session()
    session.events.register(
        "creating-client-class.ec2", lambda class_attributes, **_: class_attributes.update(added=1)
    )
    assert session.client("ec2").added == 1
    assert not hasattr(boto3.client("ec2"), "added")
    assert boto3.client("s3").upload_file


def test_shared_methods_are_botocores_own(cloud):
    remembered = boto3.client("ec2")
    describe = type(remembered).describe_vpcs.__doc__
    cloud.stop()
    plain = boto3.client("ec2", region_name="us-east-1")
    assert type(plain).describe_vpcs is not type(remembered).describe_vpcs
    assert methods(plain) == methods(remembered)
    assert str(type(plain).describe_vpcs.__doc__) == str(describe)


def test_a_model_of_ones_own_has_methods_of_its_own(cloud, tmp_path):
    """A session that is given a folder of models asks those, and not what was remembered of others."""
    boto3.client("ec2")
    model = shared_loader().load_service_model("ec2", "service-2")
    folder = tmp_path / "ec2" / model["metadata"]["apiVersion"]
    folder.mkdir(parents=True)
    operations = {"DescribeVpcs": model["operations"]["DescribeVpcs"]}
    folder.joinpath("service-2.json").write_text(json.dumps({**model, "operations": operations}))
    session = botocore.session.Session(session_vars={"data_path": ("data_path", None, str(tmp_path), None)})
    client = session.create_client("ec2", region_name="us-east-1")
    assert hasattr(client, "describe_vpcs")
    assert not hasattr(client, "describe_subnets")


NAMES = ("before-call.s3.PutObject", "before-call.cloudwatch.PutMetricData", "docs.*.autoscaling.x", "a.b")


def test_events_go_by_the_names_that_botocore_gives_them(cloud):
    """Also where a session has a list of old names of its own."""
    ours = hooks.EventAliaser(hooks.HierarchicalEmitter())
    theirs = hooks.EventAliaser(hooks.HierarchicalEmitter(), {"a": "c"})
    told = [ours._alias_event_name(name) for name in NAMES * 2]
    assert theirs._alias_event_name("a.b") == "c.b"
    cloud.stop()
    plain = hooks.EventAliaser(hooks.HierarchicalEmitter())
    assert told == [plain._alias_event_name(name) for name in NAMES * 2]
    assert told[:2] == ["before-call.s3.PutObject", "before-call.cloudwatch.PutMetricData"]


class Callable:
    def __call__(self, **kwargs): ...

    def method(self, *, request, **kwargs): ...

    @classmethod
    def of_class(cls, request): ...


HANDLERS = (
    lambda: None,
    lambda **_: None,
    lambda request, **_: None,
    lambda kwargs: None,
    Callable().method,
    Callable.of_class,
    Callable(),
    partial(Callable().method, request=1),
    partial(lambda request: None),
)


@pytest.mark.parametrize("handler", HANDLERS)
def test_whether_a_handler_takes_keywords_is_what_botocore_reads(cloud, handler):
    assert bool(hooks.accepts_kwargs(handler)) == bool(compat.accepts_kwargs(handler))


def test_canary_botocore_makes_methods_anew_and_looks_names_up_anew(bare):
    one, two = bare("ec2"), bare("ec2")
    assert type(one).describe_vpcs is not type(two).describe_vpcs
    emitters = [hooks.EventAliaser(hooks.HierarchicalEmitter()) for _ in range(2)]
    assert emitters[0]._alias_name_cache is not emitters[1]._alias_name_cache


def test_an_answer_s_values_are_the_ones_that_moto_picks(cloud, monkeypatch):
    """Each value of each answer is picked both ways: from classes, dictionaries, errors, by every kind of alias."""
    remembered, differ, asked = serialize.ResponseSerializer.get_value, [], Counter()

    def both(self, value, key, shape):
        context = serialize.AttributePickerContext(value, key, shape, key_path=".".join(self.path))
        found, plain = remembered(self, value, key, shape), self._value_picker(context)
        asked[type(value).__name__] += 1
        if not (found is plain or found == plain or alike(found, plain)):
            differ.append((self.path, key))
        return found

    monkeypatch.setattr(serialize.ResponseSerializer, "get_value", both)
    for _ in range(2):
        use_many_services()
    assert differ == []
    assert len(asked) > 12


def alike(made, again):
    """A transformer makes new objects each time, which are not equal."""
    both = isinstance(made, list) and isinstance(again, list)
    return both and [vars(one) for one in made] == [vars(one) for one in again]


def use_many_services():
    ec2, iam, kms, sts = (boto3.client(name) for name in ("ec2", "iam", "kms", "sts"))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3")
    ec2.create_network_interface(SubnetId=subnet)
    for describe in ("vpcs", "subnets", "route_tables", "security_groups", "network_acls", "vpc_endpoints",
                     "network_interfaces", "managed_prefix_lists", "availability_zones"):  # fmt: skip
        getattr(ec2, f"describe_{describe}")()
    role = f"role-{vpc}"
    iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}", Path="/")
    iam.list_roles()
    kms.describe_key(KeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    sts.get_caller_identity()
    for call, given in (
        (iam.get_role, {"RoleName": "none"}),
        (ec2.describe_subnets, {"SubnetIds": ["subnet-0"]}),
    ):
        with pytest.raises(ClientError):
            call(**given)


def test_canary_moto_works_the_names_of_a_value_out_anew(bare, monkeypatch):
    """Each value of each answer asks a new list."""
    asked, original = Counter(), serialize.XFormedAttributePicker.get_possible_keys

    def keys(self, context):
        asked[context.key] += 1
        return original(self, context)

    monkeypatch.setattr(serialize.XFormedAttributePicker, "get_possible_keys", keys)
    for _ in range(3):
        bare("ec2").describe_vpcs()
    assert asked["VpcId"] >= 3
