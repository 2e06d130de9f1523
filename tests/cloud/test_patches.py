"""Patches go away without a trace, in whatever order they came."""

from types import SimpleNamespace

from moto.core import responses as moto_responses
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


def test_botocores_model_is_left_as_it_is(ec2):
    ec2.describe_vpcs()
    assert "DryRunOperation" not in shared_loader().load_service_model("ec2", "service-2")["shapes"]
