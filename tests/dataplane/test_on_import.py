"""Something done once a module is there: in a fresh Python each, as a job's process is one."""

import subprocess
import sys

import pytest

FIRST = "import sys; from lab_env.dataplane.on_import import on_import; then = lambda: print('then'); "


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (
            "on_import('colorsys', then); print('waits'); import colorsys; print('goes on')",
            "waits then goes on",
        ),
        (
            "on_import('colorsys', then); from colorsys import rgb_to_hsv; print(rgb_to_hsv(0, 0, 0)[0])",
            "then 0.0",
        ),
        ("import colorsys; on_import('colorsys', then); print('at once')", "then at once"),
        ("on_import('colorsys', then); import wave; print('colorsys' in sys.modules)", "False"),
        (
            "on_import('colorsys', then); import colorsys; del sys.modules['colorsys']; import colorsys",
            "then",
        ),
    ],
)
def test_it_is_done_once_and_in_time(script: str, told: str) -> None:
    done = subprocess.run([sys.executable, "-c", FIRST + script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == told.split()


def test_a_container_does_without_botocore_until_its_script_asks() -> None:
    script = (
        "import sys; from lab_env.training.container import join_network; join_network('', 'token')\n"
        "print('botocore' in sys.modules)\n"
        "import boto3\n"
        "try: boto3.client('s3', 'us-east-1', aws_access_key_id='A', aws_secret_access_key='s').list_buckets()\n"
        "except Exception as error: print(type(error).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "EndpointConnectionError"]
