"""Virtual private gateways that are told from one another (*Virtual private gateways*, EC2 API: *Error codes*).

moto moves a gateway silently from VPC to VPC, deletes one that is in use, answers nothing for an unknown id, and gives
none an ASN.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend

from lab_env.cloud.ec2_refusals import before
from lab_env.cloud.patches import Patches

_DEFAULT_ASN = "64512"


def fill(patches: Patches) -> None:
    """Refuse what AWS refuses, and give each gateway an ASN."""
    original = EC2Backend.create_vpn_gateway

    def create(self: Any, gateway_type: str, amazon_side_asn: str | None = None, **kwargs: Any) -> Any:
        return original(self, gateway_type, amazon_side_asn or _DEFAULT_ASN, **kwargs)

    patches.set(EC2Backend, "create_vpn_gateway", create)
    before(patches, "attach_vpn_gateway", _check_attach)
    before(patches, "delete_vpn_gateway", _check_delete)
    before(patches, "describe_vpn_gateways", _check_known)


def _attached(gateway: Any) -> list[str]:
    return [vpc for vpc, attachment in gateway.attachments.items() if attachment.state == "attached"]


def _check_attach(request: Any) -> None:
    gateway = request.ec2_backend.get_vpn_gateway(request.params["VpnGatewayId"])
    if any(vpc != request.params["VpcId"] for vpc in _attached(gateway)):
        raise EC2ClientError(
            "VpnGatewayAttachmentLimitExceeded",
            "You've reached the limit on the number of VPCs that can be attached to the specified virtual private "
            "gateway.",
        )


def _check_delete(request: Any) -> None:
    if _attached(request.ec2_backend.get_vpn_gateway(request.params["VpnGatewayId"])):
        raise EC2ClientError("IncorrectState", "The VPN gateway is in use.")


def _check_known(request: Any) -> None:
    for identifier in request.params.get("VpnGatewayIds", []):
        request.ec2_backend.get_vpn_gateway(identifier)
