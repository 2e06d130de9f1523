"""A real JupyterHub on loopback, and its REST interface."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import socket
import subprocess
from contextlib import ExitStack
from pathlib import Path

from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest

HERE = Path(__file__).resolve().parent
PATIENCE = 180  # seconds that anything of the hub's may take
AsyncHTTPClient.configure(None, max_clients=200)


class Missing(Exception):
    """Something that the measurement needs is not on this machine; the message says what to do."""


class Refused(Exception):
    """The hub, or a learner's server, did not do what it was asked for; the message is its own."""


def install():
    """Install the proxy that ``package-lock.json`` names, unless it is there.

    Raises:
        Missing: this is no Linux, there is no Node, or npm could not install.
    """
    if not Path("/proc/self/smaps_rollup").exists():
        raise Missing("The measurement reads /proc, and so needs Linux 4.14 or newer.")
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise Missing(
                f"There is no {program} on the path. Install Node.js 18 or newer (Debian and Ubuntu: "
                "apt install nodejs npm), then run this again."
            )
    if (HERE / "node_modules" / ".package-lock.json").exists():
        return
    command = [shutil.which("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"npm ci failed in tests/classroom:\n{done.stderr.strip()}")


def free_ports(count):
    """So many ports of 127.0.0.1 that nobody holds."""
    with ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]


class Hub:
    """A hub with its proxy. Use it with ``async with``.

    Args:
        programs: the folder of the environment's programs.
        folder: an empty folder for homes, settings and the log.
        settings: traits to set, as ``{"JupyterHub.active_server_limit": 1}``.
        ports: of the proxy, the hub, and the proxy's own interface; free ones by default.
        patience: seconds that it may take to start.
    """

    def __init__(self, programs, folder, settings=None, ports=None, patience=PATIENCE):
        self.programs, self.folder = Path(programs).absolute(), Path(folder)
        self.ports = ports or free_ports(3)
        self.token = secrets.token_hex(16)
        self.given = {
            "folder": str(self.folder),
            "ports": self.ports,
            "token": self.token,
            "settings": settings or {},
        }
        self.patience = patience
        self.log = self.folder / "hub.log"
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def exchange(self):
        return self.folder / "exchange"

    def environment(self):
        """Nothing of the user's own: neither profiles nor proxies nor settings."""
        return {
            "PATH": f"{self.programs}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "CLASSROOM": json.dumps(self.given),
            "NBGRADER_EXCHANGE": str(self.exchange),
            "SEATS": "200",
        }

    async def __aenter__(self):
        self._settings_for_nbgrader()
        command = [str(self.programs / "jupyterhub"), "-f", str(HERE / "jupyterhub_config.py")]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: ASYNC220 - at once; nothing waits for it
                command, cwd=self.folder, env=self.environment(), stdout=log, stderr=log
            )
        try:
            await self._until_it_answers()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *raised):
        self.process.terminate()
        try:
            await asyncio.to_thread(self.process.wait, PATIENCE)
        finally:
            self.process.kill()

    def _settings_for_nbgrader(self):
        (self.folder / "config").mkdir()
        (self.folder / "homes").mkdir()
        self.exchange.mkdir(mode=0o777)
        self.exchange.chmod(0o777)
        shared = (HERE.parents[1] / "deploy" / "jupyterhub" / "nbgrader_config.py").read_text("utf-8")
        own = 'c.CourseDirectory.student_id = os.environ.get("JUPYTERHUB_USER", "*")\n'
        (self.folder / "config" / "nbgrader_config.py").write_text(
            shared + own + "c.ExchangeCollect.check_owner = False\n", "utf-8"
        )

    async def _until_it_answers(self):
        async with asyncio.timeout(self.patience):
            while True:
                if self.process.poll() is not None:
                    raise Refused(self.said())
                try:
                    await self.ask("GET", "/hub/api/", request_timeout=2)
                    return
                except (OSError, HTTPError):
                    await asyncio.sleep(0.2)  # not yet

    def said(self):
        """The errors in the hub's log."""
        lines = self.log.read_text("utf-8", errors="replace").splitlines()
        return "\n".join(line for line in lines if line.startswith(("[E", "[C"))) or "\n".join(lines[-3:])

    async def ask(self, method, path, body=None, **options):
        """The response to a request with the measurement's token."""
        request = HTTPRequest(
            self.url + path,
            method=method,
            headers={"Authorization": f"token {self.token}"},
            body=None if body is None and method in ("GET", "DELETE") else json.dumps(body or {}),
            **({"request_timeout": PATIENCE} | options),
        )
        return await AsyncHTTPClient().fetch(request)

    async def json(self, method, path, body=None):
        """What is answered, read as JSON."""
        text = (await self.ask(method, path, body)).body
        return json.loads(text) if text else None
