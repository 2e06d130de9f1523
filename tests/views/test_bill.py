"""A bill as people read it: each line with its reason, the sum last, marked."""

from lab_env.costs import Usage, month
from lab_env.network import Flow, InterfaceSource, trace
from lab_env.views.bill import bill_table
from tests.compliance import states
from tests.network.builder import changed, interface, with_nat

S3 = "s3.us-east-1.amazonaws.com"


def test_each_line_and_the_sum():
    network = changed(with_nat(), interfaces=interface("eni-job", "subnet-a", "10.20.1.14", "sg-job"))
    way = trace(network, Flow(InterfaceSource("eni-job"), S3))
    table = bill_table(month(network, way, Usage(1000, key_requests=30_000)), "October")
    assert table.rows == (
        ("NAT gateway", "730 hours", "0.045 per hour", "32.85", "nat-1", "2026-09"),
        ("public IPv4 address in use", "730 hours", "0.005 per hour", "3.65", "54.144.0.9", "2026-02"),
        (
            "data through the NAT gateway",
            "1,000 GB",
            "0.045 per GB",
            "45.00",
            "the way goes through nat-1",
            "2026-09",
        ),
        (
            "KMS requests, symmetric",
            "30,000 requests",
            "0.000003 per request, 20,000 free",
            "0.03",
            "data keys made and opened",
            "2026-03",
        ),
        ("a month", "", "", "81.53", "", ""),
    )
    assert table.marked == {4}
    assert "https://aws.amazon.com/vpc/pricing/" in table.notes[0]


def test_a_free_month_says_so():
    table = bill_table(month(states.option_d(), None, 0), "October")
    assert table.rows == (("a month", "", "", "0.00", "nothing here costs anything by itself", ""),)
    assert table.notes == ()
