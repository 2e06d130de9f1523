"""JupyterHub on one machine, for a class: docs/classroom.md says how to set it up.

Each learner is a user of the system and logs in with its password (PAM). ``SEATS`` is how many learners may be in at
once, ``BIND`` where the hub answers, ``NBGRADER_EXCHANGE`` the folder of nbgrader's exchange.
"""  # noqa: INP001 - a file of settings, not a module

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXCHANGE = os.environ.get("NBGRADER_EXCHANGE", "/srv/nbgrader/exchange")

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - JupyterHub calls this file with it
c.JupyterHub.bind_url = os.environ.get("BIND", "http://127.0.0.1:8000")
c.JupyterHub.hub_ip = "127.0.0.1"
# A hub that is full says so at once; a machine that is full ends somebody's kernel.
c.JupyterHub.active_server_limit = int(os.environ.get("SEATS", "20"))
# All log in when the lesson begins. Beyond this many at once the hub asks the next to wait, instead of starting servers
# so slowly that they time out.
c.JupyterHub.concurrent_spawn_limit = 8
c.JupyterHub.tornado_settings = {"spawn_throttle_retry_range": (5, 15)}
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
c.Spawner.cmd = [str(Path(sys.executable).with_name("jupyterhub-singleuser"))]
c.Spawner.default_url = "/lab/tree/notebooks/00_start_here.ipynb"
c.Spawner.environment = {"JUPYTER_CONFIG_PATH": str(HERE), "NBGRADER_EXCHANGE": EXCHANGE}
# The first three as ``python -m lab_env start`` has them: nothing asks anything outside. Then: a kernel that nobody
# used for an hour, and whose page is closed, goes.
c.Spawner.args = [
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=None",
    "--LabApp.extension_manager=readonly",
    "--MappingKernelManager.cull_idle_timeout=3600",
    "--MappingKernelManager.cull_interval=300",
]
# A server that nobody used for two hours goes, and gives its seat back. The learner's files stay.
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=7200", "--cull-every=300"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    }
]
