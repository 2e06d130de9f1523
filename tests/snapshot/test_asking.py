"""Asking an API: errors that are answers, refusals, and pages."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from lab_env.errors import IncompleteSnapshot
from lab_env.network import Network
from lab_env.snapshot.asking import ask, pages, texts
from lab_env.snapshot.service_export import export_services
from lab_env.snapshot.state import Bucket


def failing(code):
    """An API that answers everything with one error."""

    def describe(operation, parameters):
        raise ClientError({"Error": {"Code": code, "Message": ""}}, operation)

    return describe


def test_an_error_that_is_an_answer():
    assert ask(failing("NoSuchBucketPolicy"), "GetBucketPolicy", ("NoSuchBucketPolicy",), Bucket="b") is None


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"])
def test_a_refusal_leaves_a_gap(code):
    """Who may not read a part still reads the rest."""
    with pytest.raises(IncompleteSnapshot, match="AWS refused the call GetBucketPolicy") as raised:
        ask(failing(code), "GetBucketPolicy", Bucket="b")
    assert raised.value.where == "b"


def test_any_other_error_is_handed_on():
    with pytest.raises(ClientError, match="Throttling"):
        ask(failing("Throttling"), "GetBucketPolicy", ("NoSuchBucketPolicy",), Bucket="b")


def paged(told, asked):
    """An API that answers its list in three pages."""
    seen = []

    def describe(operation, parameters):
        seen.append(dict(parameters))
        number = int(parameters.get(asked, "0"))
        return {
            "Items": [{"N": number}],
            "Names": [f"n{number}"],
            **({told: str(number + 1)} if number < 2 else {"IsTruncated": False}),
        }

    return describe, seen


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("NextToken", "NextToken"),
        ("Marker", "Marker"),
        ("NextMarker", "Marker"),
        ("ContinuationToken", "ContinuationToken"),
    ],
)
def test_pages(told, asked):
    """Each service has words of its own for the way to the next page; the parameters stay the same."""
    describe, seen = paged(told, asked)
    items = pages(describe, "ListItems", "Items", Filter="x")
    assert [item.number("N") for item in items] == [0, 1, 2]
    assert list(texts(describe, "ListItems", "Names")) == ["n0", "n1", "n2"]
    assert seen[:3] == [{"Filter": "x"}, {"Filter": "x", asked: "1"}, {"Filter": "x", asked: "2"}]


def test_an_exported_list_is_whole():
    """The CLI joins the pages of a list, and so do the files."""

    def buckets(operation, parameters):
        if operation != "ListBuckets":
            raise ClientError({"Error": {"Code": "AccessDenied"}}, operation)
        if "ContinuationToken" in parameters:
            return {"Buckets": [{"Name": "b-2"}]}
        return {"Buckets": [{"Name": "b-1"}], "ContinuationToken": "more"}

    def none(operation, parameters):
        return {}

    def apis(service, region):
        nothing = failing("AWSOrganizationsNotInUseException") if service == "organizations" else none
        return buckets if service == "s3" else nothing

    files = export_services(apis, "123456789012", Network(region="us-east-1"))
    listed = json.loads(files["accounts/123456789012/s3/list-buckets.json"])
    assert listed == {"Buckets": [{"Name": "b-1"}, {"Name": "b-2"}]}


def test_a_whole_value_has_no_other_attributes():
    with pytest.raises(AttributeError):
        _ = Bucket("b", "", "").nonsense
