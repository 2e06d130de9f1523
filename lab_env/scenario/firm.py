"""Meridian Health Analytics: its account, its network's numbers, its buckets and roles, its data centre."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from lab_env.network.model import OnPremises

ACCOUNT, REGION = "123456789012", "us-east-1"
VPC_CIDR, SUBNET_A_CIDR, SUBNET_B_CIDR = "10.20.0.0/16", "10.20.1.0/24", "10.20.2.0/24"
TRAINING_BUCKET, MODEL_BUCKET, LOG_BUCKET = (
    "meridian-phi-training",
    "meridian-model-artifacts",
    "meridian-audit-logs",
)
TRAINING_ROLE, OPERATOR_ROLE = "MeridianTrainingRole", "MeridianAdmin"
# The firm's data centre; host and public addresses are the lab's choice (RFC 5737 for the public one).
ON_PREMISES = OnPremises(
    "meridian-datacentre", (ip_network("192.168.0.0/16"),), public_address=ip_address("203.0.113.20")
)
ON_PREMISES_HOST = ip_address("192.168.10.10")
ON_PREMISES_CIDR = "192.168.0.0/16"
