"""One simulated learner: a user of the hub, with a server, who runs notebooks in it as JupyterLab would."""

from __future__ import annotations

import asyncio
import json
import shutil
import uuid
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import quote

import nbformat
from tornado.httpclient import HTTPError, HTTPRequest
from tornado.websocket import websocket_connect

from tests.classroom.hub import HERE, Refused

NOTEBOOKS = HERE.parents[1] / "notebooks"
SECONDS_PER_CELL = 600


@dataclass(frozen=True)
class Failure:
    """A cell that failed, or a kernel that went."""

    chapter: str
    cell: int
    said: str


class Learner:
    """A learner.

    Args:
        hub: where the learner is.
        name: as which user.
    """

    def __init__(self, hub, name):
        self.hub, self.name = hub, name
        self.home = hub.folder / "homes" / name
        self.waited = []  # what the hub said when it asked to wait
        self.pid = None

    async def enter(self):
        """Become a user, with the course at home, and start a server.

        Raises:
            Refused: the hub did not start it; the message is its own.
        """
        await self.hub.ask("POST", f"/hub/api/users/{self.name}")
        self.home.mkdir()
        shutil.copytree(NOTEBOOKS, self.home / "notebooks")
        await self._start()
        user = await self.hub.json("GET", f"/hub/api/users/{self.name}")
        self.pid = user["servers"][""]["state"]["pid"]

    async def _start(self):
        while True:
            try:
                await self.hub.ask("POST", f"/hub/api/users/{self.name}/server")
                break
            except HTTPError as error:
                said = json.loads(error.response.body)["message"]
                if error.code != 429 or "Retry-After" not in error.response.headers:
                    raise Refused(f"{error.code}: {said}") from error
                self.waited.append(said)
                await asyncio.sleep(int(error.response.headers["Retry-After"]))
        progress = await self.hub.ask("GET", f"/hub/api/users/{self.name}/server/progress")
        events = [
            json.loads(line[5:]) for line in progress.body.decode().splitlines() if line.startswith("data:")
        ]
        if not events[-1].get("ready"):
            raise Refused(events[-1]["message"])

    async def leave(self):
        """Stop the server."""
        await self.hub.ask("DELETE", f"/hub/api/users/{self.name}/server")

    async def json(self, method, path, body=None):
        """What the learner's own server answers."""
        return await self.hub.json(method, f"/user/{self.name}/{path}", body)

    async def open(self, path):
        """Open a notebook of the learner's home: a session with a kernel that stands in the notebook's folder."""
        body = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        session = await self.json("POST", "api/sessions", body)
        channel = Channel(self, session)
        await channel.connect()
        return channel

    async def run(self, path):
        """Open a notebook and run all its cells, from top to bottom; the cells of a failed one too.

        Returns:
            The seconds that it took, the failures, and the open channel.
        """
        began = perf_counter()
        channel = await self.open(path)
        failures = []
        notebook = nbformat.reads((self.home / path).read_text("utf-8"), as_version=4)
        for number, cell in enumerate(notebook.cells, 1):
            if cell.cell_type != "code":
                continue
            said = await channel.execute(cell.source)
            if said and "raises-exception" not in cell.metadata.get("tags", ()):
                failures.append(Failure(path, number, said))
            if channel.lost:
                break
        return perf_counter() - began, failures, channel


class Channel:
    """The websocket to one kernel."""

    def __init__(self, learner, session):
        self.learner, self.id = learner, session["id"]
        self.kernel = session["kernel"]["id"]
        self.lost = False
        self.socket = None

    async def connect(self):
        address = f"{self.learner.hub.url}/user/{quote(self.learner.name)}/api/kernels/{self.kernel}/channels"
        request = HTTPRequest(
            f"ws{address.removeprefix('http')}?session_id={self.id}",
            headers={"Authorization": f"token {self.learner.hub.token}"},
            connect_timeout=60,
        )
        self.socket = await websocket_connect(request, max_message_size=64 * 1024 * 1024)

    async def execute(self, code):
        """Run a cell; what went wrong, or an empty text."""
        number = uuid.uuid4().hex
        header = {"msg_id": number, "msg_type": "execute_request", "version": "5.3", "session": self.id}
        header |= {"username": self.learner.name, "date": ""}
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
        content |= {"allow_stdin": False, "stop_on_error": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        await self.socket.write_message(json.dumps(message | {"channel": "shell", "buffers": []}))
        async with asyncio.timeout(SECONDS_PER_CELL):
            return await self._answer(number)

    async def _answer(self, number):
        """Until the kernel has replied and is idle: both come, in either order."""
        replied, idle, said = False, False, ""
        while not (replied and idle):
            text = await self.socket.read_message()
            if text is None:
                self.lost = True
                return "the connection to the kernel was closed"
            if isinstance(text, bytes):
                continue  # a widget's binary buffers
            message = json.loads(text)
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] in ("restarting", "dead"):
                self.lost = True
                return f"the kernel died: its server says {content['execution_state']!r}"
            if message["parent_header"].get("msg_id") != number:
                continue
            if kind == "execute_reply":
                replied = True
                if content["status"] != "ok":
                    said = f"{content.get('ename')}: {content.get('evalue')}"
            idle = idle or (kind == "status" and content["execution_state"] == "idle")
        return said

    async def close(self):
        """Shut the kernel down, as closing the notebook with its kernel does."""
        self.socket.close()
        await self.learner.hub.ask("DELETE", f"/user/{self.learner.name}/api/sessions/{self.id}")
