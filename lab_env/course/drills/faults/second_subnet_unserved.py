"""The job may run in two subnets, and only one of them has the route."""

from __future__ import annotations

from lab_env.course.drills.fault import Fault
from lab_env.course.drills.ways_out import join_endpoint, leave_endpoint

TABLE = "meridian-private-b"

FAULT = Fault(
    id="second_subnet_unserved",
    catalogue=2,
    title="The job may run in subnets A and B, and the S3 endpoint does not serve the table of B.",
    level=1,
    concept="every subnet of VpcConfig needs the route, or failures look random",
    touches=frozenset({"routes of B"}),
    breaks=lambda hands: leave_endpoint(hands, TABLE),
    repairs=lambda hands: join_endpoint(hands, TABLE),
    hints=(
        "One job ran and one did not, with the same request. What may differ from run to run?",
        "SageMaker picks one of the request's subnets. Trace from each of them.",
        "Subnet B has a route table of its own: add it to the endpoint's with AddRouteTableIds.",
    ),
    subnets=("subnet_a", "subnet_b"),
)
