"""An exported state that says nothing of Direct Connect: no way there is known to be closed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab_env.errors import IncompleteSnapshot
from lab_env.network import Flow, InterfaceSource, trace
from tests.network.builder import ON_PREMISES, with_direct_connect

OUT = Flow(InterfaceSource("eni-job"), "192.168.7.7")
IN = Flow(ON_PREMISES, "10.20.1.14")
PARTS = ["virtualInterfaces", "directConnectGatewayAssociations"]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(("flow", "where"), [(OUT, "vgw-1"), (IN, "hq")])
def test_what_the_missing_answer_could_tell_is_asked_for(flow, where, part):
    known = replace(with_direct_connect(), virtual_interfaces=(), direct_connect_associations=())
    assert not trace(known, flow).reached
    with pytest.raises(IncompleteSnapshot) as raised:
        trace(replace(known, missing=frozenset({part})), flow)
    assert (raised.value.where, part in raised.value.what) == (where, True)


@pytest.mark.parametrize("flow", [OUT, IN])
def test_what_is_known_still_leads_there(flow):
    network = replace(with_direct_connect(), missing=frozenset(PARTS))
    hops = {hop.resource: str(hop.verdict) for hop in trace(network, flow).forward}
    assert (hops["dxvif-1"], hops["vgw-1"]) == ("forwarded", "forwarded")
