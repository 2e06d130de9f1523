"""JupyterLab on a loopback port, and a real Chromium that looks at it."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from lab_env.cli.start import QUIET

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = Path(__file__).with_name("screenshots")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
HOW_TO_GET_ONE = """No Chromium was found. The browser tests need one:
    Debian, Ubuntu   apt install chromium
    Fedora           dnf install chromium
    macOS            brew install --cask chromium
    Windows          Edge, which is there, serves: set CHROMIUM to the path of msedge.exe
or set CHROMIUM to the path of any Chromium, Chrome or Edge."""
START_UP_SECONDS = 60


@pytest.fixture(scope="session")
def chromium():
    """Path of the browser; without one the run ends and says how to get one."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.exit(HOW_TO_GET_ONE, returncode=3)
    return found


@pytest.fixture(scope="session")
def browser(chromium):
    # Chromium's own sandbox does not start as root, as which containers often run.
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A copy of what a learner has, so that a test may run and save notebooks."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("answers", "notebooks", "diagrams"):
        if (ROOT / name).exists():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".*"))
    return folder


@pytest.fixture(scope="session")
def progress_home(tmp_path_factory):
    """Where these learners' progress is kept: never where the person's own is, who runs the tests."""
    return tmp_path_factory.mktemp("progress")


@pytest.fixture(scope="session")
def jupyterlab(course, progress_home, tmp_path_factory):
    """Address of a JupyterLab on the copy, with settings of its own; its token is in the address."""
    home = tmp_path_factory.mktemp("jupyter")
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "run"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "PRIVATE_PATH_HOME": str(progress_home),
    }
    notification = (
        home / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    )
    notification.parent.mkdir(parents=True)
    notification.write_text('{"fetchNews": "false", "checkForUpdates": false}', encoding="utf-8")
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"),
        *("--ip=127.0.0.1", "--port=0", f"--ServerApp.root_dir={course}", *QUIET),
    ]
    log = home / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield _address(server, home / "run", log)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _address(server, runtime, log):
    deadline = time.monotonic() + START_UP_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            state = json.loads(path.read_text(encoding="utf-8") or "{}")
            if state.get("port"):
                return f"http://127.0.0.1:{state['port']}/lab/tree/{{path}}?token={state['token']}"
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture
def page(browser, request):
    """A fresh page; what it showed last stays in ``screenshots/``."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    opened = context.new_page()
    yield opened
    SCREENSHOTS.mkdir(exist_ok=True)
    opened.screenshot(path=SCREENSHOTS / f"{request.node.name.replace('/', '-')}.png")
    context.close()
