"""What the same data costs by each way: each way built by boto3, traced and priced."""

from __future__ import annotations

import pytest

from lab_env.errors import InvalidInput
from lab_env.views.bill_of_ways import WAYS, bill_of_ways, row_of
from lab_env.views.option_board import built
from lab_env.views.standing import with_job

# 10 TB. The gateway endpoint: nothing. The interface endpoint: 2 zones × 730 h × 0.01, 10,000 GB × 0.01. The NAT
# gateway: 730 h × 0.045 and 730 h × 0.005 for its address, 10,000 GB × 0.045.
TEN_TERABYTES = {
    "gateway": ("gateway endpoint", "0.00", "0.00", "0.00"),
    "interface": ("interface endpoint, two zones", "14.60", "100.00", "114.60"),
    "nat": ("NAT gateway in a public subnet", "36.50", "450.00", "486.50"),
}


@pytest.mark.parametrize("way", WAYS, ids=[way.key for way in WAYS])
def test_a_way_s_row(way):
    assert row_of(way, 10_000) == TEN_TERABYTES[way.key]


def test_without_data_the_hours_remain():
    assert [row_of(way, 0)[2:] for way in WAYS] == [("0.00", "0.00"), ("0.00", "14.60"), ("0.00", "36.50")]


def test_the_table_beside_an_open_lab(lab):
    """The lab's own cloud stays as it is."""
    before = lab.network
    table = bill_of_ways(10_000)
    assert table.rows == tuple(TEN_TERABYTES.values())
    assert "10,000 GB" in table.caption
    assert lab.network == before


def test_less_than_nothing_is_refused():
    with pytest.raises(InvalidInput, match="-1 GB"):
        bill_of_ways(-1)


@pytest.mark.parametrize("way", WAYS, ids=[way.key for way in WAYS])
def test_a_job_s_addresses_are_nobody_else_s(way):
    network = with_job(*built(way))
    held = [address for item in network.interfaces for address in item.addresses]
    assert len(held) == len(set(held))
