"""The hub of deploy/jupyterhub as the measurement runs it: everybody is one user of the system, and may log in.

``CLASSROOM`` holds, as JSON, the hub's folder, its ports, the measurement's token, and settings to try.
"""

import json
import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
c = get_config()  # noqa: F821 - JupyterHub calls this file with it
load_subconfig(str(HERE.parents[1] / "deploy" / "jupyterhub" / "jupyterhub_config.py"))  # noqa: F821 - as above
given = json.loads(os.environ["CLASSROOM"])

c.JupyterHub.bind_url = f"http://127.0.0.1:{given['ports'][0]}"
c.JupyterHub.hub_port = given["ports"][1]
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{given['ports'][2]}"
c.ConfigurableHTTPProxy.command = [str(HERE / "node_modules" / ".bin" / "configurable-http-proxy")]
c.JupyterHub.db_url = "sqlite://"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = f"{given['folder']}/homes/{{username}}"
# nbgrader takes a submitter's name from the system's user, and these have only one.
c.Spawner.environment["JUPYTER_CONFIG_PATH"] = f"{given['folder']}/config"
c.Spawner.args += ["--allow-root"]
c.JupyterHub.services += [{"name": "measurement", "api_token": given["token"]}]
c.JupyterHub.load_roles += [
    {
        "name": "measurement",
        "scopes": ["admin:users", "admin:servers", "admin:server_state", "access:servers"],
        "services": ["measurement"],
    }
]
for name, value in given["settings"].items():
    section, trait = name.split(".")
    c[section][trait] = value
