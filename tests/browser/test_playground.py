"""The policy playground in JupyterLab: every field has its label, the decision follows each change, nothing runs."""

import json

import nbformat
import pytest

from tests.browser.running import run_all

NOTEBOOK = "notebooks/playground.ipynb"
LAB = """import json, boto3
from lab_env import Lab
lab = Lab.start(chapter=6)
s3 = boto3.client("s3")
only = {"Sid": "OnlyEndpoint", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::meridian-phi-training/*",
        "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}
s3.put_bucket_policy(Bucket="meridian-phi-training",
                     Policy=json.dumps({"Version": "2012-10-17", "Statement": [only]}))
try:
    s3.get_object(Bucket="meridian-phi-training", Key="train/2025-01.csv")
except Exception as error:
    refused = error"""
LABELS = ["Principal", "Action", "Resource", "Owner account", "Context keys", "Identity-based policy: administrator",
          "VPC endpoint policy", "Bucket policy: meridian-phi-training"]  # fmt: skip
BUCKET = LABELS[-1]


@pytest.fixture
def form(page, jupyterlab, course):
    """A page on which the playground stands, begun with a refusal."""
    cells = [nbformat.v4.new_code_cell(source) for source in (LAB, "lab.playground(refused)")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), course / NOTEBOOK)
    page.set_viewport_size({"width": 1280, "height": 2600})
    run_all(page, jupyterlab, NOTEBOOK)
    page.get_by_label("Principal").wait_for()
    return page


def says(page, text):
    """Wait until the decision says so."""
    page.locator("[role=status]", has_text=text).first.wait_for(timeout=10_000)


def test_the_decision_follows_what_is_edited(form):
    says(form, "denied by OnlyEndpoint in a bucket policy")
    bucket = form.get_by_label(BUCKET)
    there = bucket.input_value()

    bucket.fill(there.replace('"Deny"', '"Allow"'))
    says(form, "is allowed by administrator.Statement[0]")

    form.get_by_label("Context keys").fill(json.dumps({"aws:SourceVpce": "vpce-1"}))
    bucket.fill(there)
    says(form, "is allowed by administrator.Statement[0]")
    form.get_by_label("Context keys").fill(json.dumps({"aws:SourceVpce": "vpce-2"}))
    says(form, "aws:SourceVpce is vpce-2")

    form.get_by_role("button", name="Start again").click()
    says(form, "the call came from the internet")
    assert bucket.input_value() == there


def test_a_fault_is_pointed_at_beside_the_text(form):
    bucket = form.get_by_label(BUCKET)
    bucket.fill(bucket.input_value().replace('"Effect"', '"Efect"'))
    says(form, "No decision yet: there is a fault in bucket policy: meridian-phi-training.")
    fault = form.locator("li", has_text="there is no policy element 'Efect'")
    assert "line 6, Statement[0].Efect" in fault.inner_text()
    assert '"Efect": "Deny"' in fault.locator("code").inner_text()
    bucket.fill("{")
    form.locator("li", has_text="not JSON").wait_for()
    form.get_by_label("Principal").fill("nobody")
    form.locator("li", has_text="not a principal").wait_for()


def test_every_field_is_labelled_and_reached_by_the_keyboard(form):
    form.get_by_label("Principal").focus()
    for label in LABELS:
        assert form.evaluate("() => document.activeElement.labels[0].innerText") == label
        form.keyboard.press("Tab")
    assert form.evaluate("() => document.activeElement.innerText") == "Start again"
    form.keyboard.press("Enter")
    says(form, "denied by OnlyEndpoint")


def test_what_a_policy_says_never_runs(form):
    payload = "<img src=x onerror='window.reached = true'>"
    bucket = form.get_by_label(BUCKET)
    bucket.fill(bucket.input_value().replace("OnlyEndpoint", payload))
    says(form, payload)
    bucket.fill(bucket.input_value().replace('"Deny"', json.dumps(payload)))
    says(form, "No decision yet")
    form.wait_for_timeout(300)
    assert form.evaluate("() => window.reached") is None
