"""The engine beside examples of AWS's pricing pages, and the age of the prices.

Where a page works an example out, it is that one, though its Region be Ohio, whose list prices are the same; where it
has only a table of prices, the sum is made here and the comment says so. The pages fill in their numbers as they are
shown: of those dated 2026-09-20 a transcription was read, of others an older copy.
"""

from __future__ import annotations

import warnings
from datetime import date
from decimal import Decimal

import pytest

from lab_env.costs import Meter, Usage, billed, load_prices, outdated

NAT = (
    Meter("nat-gateway-hour", "hour", 1, "the gateway"),
    Meter("nat-gateway-gb", "GB", 1, "the file passes it"),
)
PORT = Meter("direct-connect-port-hour", "hour", 1, "a dedicated 1 Gbps port")
ENDPOINT = Meter("interface-endpoint-gb", "GB", 1, "what all interface endpoints of the Region processed")

EXAMPLES = {
    # Amazon VPC pricing (aws.amazon.com/vpc/pricing/, read 2026-09-20), the NAT gateway example of US East (Ohio): the
    # gateway's hour is 0.045, and a 1 GB file that goes through it to S3 in the same Region is 0.045 more; no data
    # transfer is charged.
    "a file to S3 through a NAT gateway": (NAT, Usage(gigabytes=1, hours=1), "0.09"),
    # AWS Direct Connect pricing (aws.amazon.com/directconnect/pricing/pay-as-you-go/, read 2026-09-20): 0.30 a port
    # hour; data in costs nothing. No example is worked there. A day of one port:
    "a port for a day": ((PORT,), Usage(gigabytes=500, hours=24), "7.20"),
    # AWS KMS pricing (aws.amazon.com/kms/pricing/), AWS's own example: one key and 100,000 requests, of which 20,000
    # are free: 1.00 + 80,000 x 0.03 / 10,000.
    "a key and 100,000 requests": ((), Usage(keys=1, key_requests=100_000), "1.24"),
    # The same with 15,000 requests: all of them free.
    "a key and 15,000 requests": ((), Usage(keys=1, key_requests=15_000), "1.00"),
    # AWS PrivateLink pricing (aws.amazon.com/privatelink/pricing/): the table of tiers, 1 PB at 0.01, 4 PB at 0.006,
    # beyond them 0.004; no example is worked there. 6 PB:
    "six petabytes through interface endpoints": ((ENDPOINT,), Usage(6_000_000), "38000.00"),
    # Amazon VPC pricing, Public IPv4 address: the same for an address in use and an idle one.
    "an idle address for a month": ((), Usage(idle_addresses=1), "3.65"),
}


@pytest.mark.parametrize(("meters", "usage", "usd"), EXAMPLES.values(), ids=EXAMPLES)
def test_the_pages_sums(meters, usage, usd):
    assert billed(meters, usage).usd == Decimal(usd)


def test_an_idle_address_costs_what_one_in_use_does():
    prices = load_prices()
    assert prices["public-ipv4-idle-hour"].usd == prices["public-ipv4-hour"].usd


@pytest.mark.parametrize(
    ("today", "old"),
    [
        (date(2026, 9, 20), {"2026-02", "2026-03"}),
        (date(2026, 10, 29), {"2026-02", "2026-03", "2026-05"}),
        (date(2026, 2, 1), set()),
    ],
)
def test_a_price_is_old_after_180_days(today, old):
    prices = load_prices()
    asked = [price for price in prices.values() if price.read < "2026-06"]
    assert {prices[name].read for name in outdated(asked, today)} == old


@pytest.mark.filterwarnings("always:prices")
def test_today_s_prices_are_not_old():
    """A warning, not a failure: time alone breaks no build. Read the page, then change price and month in the file."""
    prices = load_prices()
    old = outdated(prices.values(), date.today())  # noqa: DTZ011 - a day more or less is all the same here
    assert set(old) <= set(prices)
    if old:
        pages = sorted({prices[name].url for name in old})
        warnings.warn(
            f"prices read more than 180 days ago: {', '.join(old)}. Read {', '.join(pages)}.", stacklevel=1
        )
