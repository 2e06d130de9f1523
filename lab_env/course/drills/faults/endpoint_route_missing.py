"""The endpoint stands, and subnet A's route table has no route to it."""

from __future__ import annotations

from lab_env.course.drills.fault import Fault
from lab_env.course.drills.ways_out import join_endpoint, leave_endpoint

TABLE = "meridian-private"

FAULT = Fault(
    id="endpoint_route_missing",
    catalogue=1,
    title="The S3 endpoint does not serve the route table of subnet A.",
    level=1,
    concept="a gateway endpoint is a route of the tables it is associated with",
    touches=frozenset({"routes of A"}),
    breaks=lambda hands: leave_endpoint(hands, TABLE),
    repairs=lambda hands: join_endpoint(hands, TABLE),
    hints=(
        "The message speaks of a route. Trace from the job's subnet: where does the walk end?",
        "Compare the endpoint's RouteTableIds with the table that subnet A is associated with.",
        "ec2.modify_vpc_endpoint(VpcEndpointId=…, AddRouteTableIds=[…]) writes the route.",
    ),
)
