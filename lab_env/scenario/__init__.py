"""Meridian Health Analytics: its names, its numbers, its (synthetic) patients, and the steps that chapters replay.

Each step is the chapter's own boto3 calls, in the chapter's order: a test holds the state after a replay equal to the
state at the end of the solved notebook.
"""

from lab_env.scenario.attacker import ATTACKER_ACCOUNT, ATTACKER_BUCKET, ATTACKER_USER
from lab_env.scenario.attacker import settle as settle_attacker
from lab_env.scenario.chapter00 import (
    TOUR_SECOND_CIDR,
    TOUR_VPC_CIDR,
    add_tour_subnet,
    build_tour,
)
from lab_env.scenario.chapter01 import (
    BROAD_ACCESS,
    SAGEMAKER_TRUST,
    build_first_subnet,
    build_private_vpc,
    build_subnet_b,
    let_members_in,
)
from lab_env.scenario.chapter04 import (
    add_public_interface,
    build_direct_connect,
    close_ssh_from_data_centre,
    join_data_centre,
    pin_data_centre_routes,
    propagate_to_second_table,
)
from lab_env.scenario.chapter05 import associate_first_table, associate_second_table, build_endpoint
from lab_env.scenario.chapter06 import (
    BREAK_GLASS_ROLE,
    KEY_ALIAS,
    LOCKED_BUCKETS,
    READABLE_PREFIXES,
    bucket_policy,
    courier_code,
    courier_script,
    endpoint_policy,
    give_break_glass_the_key,
    lock_down,
    make_break_glass_role,
    platform_statements,
    training_policy,
)
from lab_env.scenario.firm import (
    ACCOUNT,
    LOG_BUCKET,
    MODEL_BUCKET,
    ON_PREMISES,
    ON_PREMISES_CIDR,
    ON_PREMISES_HOST,
    OPERATOR_ROLE,
    REGION,
    SUBNET_A_CIDR,
    SUBNET_B_CIDR,
    TRAINING_BUCKET,
    TRAINING_ROLE,
    VPC_CIDR,
)
from lab_env.scenario.lookups import named
from lab_env.scenario.readmission import (
    CODE_KEY,
    IMAGE,
    patient_extracts,
    poisoned_dependency,
    training_code,
    training_job,
    training_script,
)
from lab_env.scenario.replay import CHAPTERS, PARENTS, STEPS, history
from lab_env.scenario.sandbox import build_sandbox, remove_sandbox

__all__ = [
    "ACCOUNT",
    "ATTACKER_ACCOUNT",
    "ATTACKER_BUCKET",
    "ATTACKER_USER",
    "BREAK_GLASS_ROLE",
    "BROAD_ACCESS",
    "CHAPTERS",
    "CODE_KEY",
    "IMAGE",
    "KEY_ALIAS",
    "LOCKED_BUCKETS",
    "LOG_BUCKET",
    "MODEL_BUCKET",
    "ON_PREMISES",
    "ON_PREMISES_CIDR",
    "ON_PREMISES_HOST",
    "OPERATOR_ROLE",
    "PARENTS",
    "READABLE_PREFIXES",
    "REGION",
    "SAGEMAKER_TRUST",
    "STEPS",
    "SUBNET_A_CIDR",
    "SUBNET_B_CIDR",
    "TOUR_SECOND_CIDR",
    "TOUR_VPC_CIDR",
    "TRAINING_BUCKET",
    "TRAINING_ROLE",
    "VPC_CIDR",
    "add_public_interface",
    "add_tour_subnet",
    "associate_first_table",
    "associate_second_table",
    "bucket_policy",
    "build_direct_connect",
    "build_endpoint",
    "build_first_subnet",
    "build_private_vpc",
    "build_sandbox",
    "build_subnet_b",
    "build_tour",
    "close_ssh_from_data_centre",
    "courier_code",
    "courier_script",
    "endpoint_policy",
    "give_break_glass_the_key",
    "history",
    "join_data_centre",
    "let_members_in",
    "lock_down",
    "make_break_glass_role",
    "named",
    "patient_extracts",
    "pin_data_centre_routes",
    "platform_statements",
    "poisoned_dependency",
    "propagate_to_second_table",
    "remove_sandbox",
    "settle_attacker",
    "training_code",
    "training_job",
    "training_policy",
    "training_script",
]
