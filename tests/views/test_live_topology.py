"""The picture of now: marks what changed, follows each call, and says so in words."""

from __future__ import annotations

import boto3
import pytest

from lab_env import Lab, scenario
from lab_env.errors import LabError
from lab_env.network.model import Network
from lab_env.views.live_topology import LiveTopology, Topology
from tests.views import builder

PRIVATE = builder.private_vpc()
ENDPOINT = builder.with_endpoint(PRIVATE)


class Cloud:
    """A network that a test changes, and the number of the cell that does."""

    def __init__(self) -> None:
        self.network, self.cell = PRIVATE, 1

    def read(self) -> Network:
        return self.network

    def live(self) -> LiveTopology:
        return LiveTopology(self.read, self.network, lambda: self.cell)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def test_what_is_new_and_what_changed_is_marked_and_told() -> None:
    found = Topology(lambda: ENDPOINT, PRIVATE, lambda _: None)
    assert found.picture.alt.endswith("Marked as new: meridian-s3. Marked as changed: meridian-private.")
    assert found.picture.svg.count('class="tag"') == 2
    # The table's frame, its new route, the endpoint's frame.
    assert found.picture.svg.count('class="mark"') == 3
    assert f"+ {builder.ENDPOINT} (meridian-s3) gateway endpoint" in str(found)
    assert list(found._repr_mimebundle_()) == ["text/plain", "text/html"]


def test_a_new_subnet_and_its_vpc_are_marked_as_boxes() -> None:
    empty = Network(region="us-east-1")
    alt = Topology(lambda: PRIVATE, empty, lambda _: None).picture.alt
    assert "Marked as new: VPC meridian, meridian-private-a, meridian-private-b" in alt


def test_where_nothing_changed_nothing_is_marked() -> None:
    found = Topology(lambda: PRIVATE, PRIVATE, lambda _: None)
    assert "Marked" not in found.picture.alt
    assert "mark" not in found.picture.svg.partition("<defs>")[0].replace("marker", "")
    assert str(found).endswith("nothing changed")


def test_all_that_one_cell_changes_stays_marked_and_the_next_cell_begins_anew(cloud: Cloud) -> None:
    live = cloud.live()
    cloud.cell = 2
    cloud.network = ENDPOINT
    live.refresh()
    cloud.network = builder.with_nat(ENDPOINT)
    live.refresh()
    assert "Marked as new: meridian-public" in live.picture.value
    assert "meridian-s3" in live.picture.value.partition("Marked as new:")[2]
    cloud.cell = 3
    cloud.network = PRIVATE
    live.refresh()
    assert "Marked as new" not in live.picture.value
    assert f"- {builder.ENDPOINT}" in live.said.value


def test_the_marks_can_be_removed(cloud: Cloud) -> None:
    live = cloud.live()
    cloud.network = ENDPOINT
    live.refresh()
    assert "Marked as new" in live.picture.value
    live.settle.click()
    assert "Marked" not in live.picture.value
    assert "Nothing changed." in live.said.value


def test_the_same_network_is_not_drawn_again(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    live = cloud.live()
    monkeypatch.setattr(LiveTopology, "_show", lambda _: pytest.fail("drawn for nothing"))
    live.refresh()


def test_a_network_that_cannot_be_read_is_told_and_the_call_goes_on(cloud: Cloud) -> None:
    live = cloud.live()

    def fail() -> Network:
        raise LabError("a subnet is gone.", where="subnet-1")

    live._read = fail
    live.refresh()
    assert "a subnet is gone" in live.said.value


def test_the_lab_tells_the_newest_picture_of_each_call(lab: Lab) -> None:
    opened = lab.topology()
    first, second = (LiveTopology(opened.read, opened.before) for _ in range(2))
    for one in (first, second):
        opened._watch(one.refresh)
    scenario.build_endpoint(boto3.client)
    assert "Marked as new: meridian-s3" in second.picture.value
    assert "Marked" not in first.picture.value
    said = second.said.value
    with pytest.raises(Exception, match="InvalidRouteTableID"):
        boto3.client("ec2").delete_route_table(RouteTableId="rtb-0000000000000000f")
    assert second.said.value == said
    lab.on_premises(prefixes=["192.168.0.0/16", "10.99.0.0/16"])
    assert "10.99.0.0/16" in second.said.value


def test_the_form_goes_on_watching() -> None:
    watching = []
    found = Topology(lambda: PRIVATE, PRIVATE, watching.append, shown=True)
    assert "application/vnd.jupyter.widget-view+json" in found._repr_mimebundle_()
    assert len(watching) == 1
