"""The inference container's contract, for batch transform: the learner's ``model_fn``, ``input_fn`` and the others.

Follows the SageMaker inference toolkit (*Adapt Your Own Inference Container*): ``model_fn(model_dir)`` once, then for
each payload ``input_fn(body, content_type)``, ``predict_fn(data, model)`` and ``output_fn(prediction, accept)``, or
``transform_fn(model, body, content_type, accept)`` in the stead of the three. The toolkit's own decoders are not
modelled: a script brings its own functions.

Run as a program, this module is the container: ``python -m lab_env.training.serving PLAN``, where PLAN is what
`lab_env.training.agent_transform` writes.
"""

from __future__ import annotations

import gzip
import json
import runpy
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lab_env.training.container import enter

# The toolkit's default, when a transform job has no Accept.
DEFAULT_ACCEPT = "application/json"
HANDLERS = ("input_fn", "predict_fn", "output_fn")
_TEXT = ("text/", "application/json", "application/jsonlines")

Answer = Callable[[bytes], bytes]


def answering(script: Mapping[str, Any], plan: Mapping[str, Any]) -> Answer:
    """What answers one payload, from the functions that a script defines.

    Args:
        script: the script's names.
        plan: ``model`` (a folder), ``content_type`` and ``accept``.

    Raises:
        NameError: a function is missing.
    """
    missing = [name for name in ("model_fn",) if name not in script]
    if "transform_fn" not in script:
        missing += [name for name in HANDLERS if name not in script]
    if missing:
        raise NameError(f"the inference script defines no {', no '.join(missing)}")
    kind, accept = plan["content_type"], plan["accept"] or DEFAULT_ACCEPT
    model = script["model_fn"](plan["model"])

    def answer(payload: bytes) -> bytes:
        body = payload.decode() if kind.startswith(_TEXT) else payload
        if "transform_fn" in script:
            return _bytes(script["transform_fn"](model, body, kind, accept))
        prediction = script["predict_fn"](script["input_fn"](body, kind), model)
        return _bytes(script["output_fn"](prediction, accept))

    return answer


def payloads(body: bytes, plan: Mapping[str, Any]) -> Iterator[bytes]:
    """An object's payloads: whole, or by lines, as many of them as ``BatchStrategy`` and ``MaxPayloadInMB`` allow.

    Raises:
        ValueError: one record is larger than ``MaxPayloadInMB``.
    """
    records = body.splitlines(keepends=True) if plan["lines"] else [body]
    batch = b""
    for record in records:
        if len(record) > plan["payload"]:
            raise ValueError(f"a record of {len(record):,} bytes is larger than MaxPayloadInMB")
        if batch and (plan["single"] or len(batch) + len(record) > plan["payload"]):
            yield batch
            batch = b""
        batch += record
    if batch:
        yield batch


def transform(plan: Mapping[str, Any], answer: Answer) -> None:
    """Answer each file's payloads into a file of its own."""
    for source, target in plan["files"]:
        body = Path(source).read_bytes()
        if plan["gzip"]:
            body = gzip.decompress(body)
        answers = [answer(payload) for payload in payloads(body, plan)]
        if plan["assemble"]:
            answers = [text if text.endswith(b"\n") else text + b"\n" for text in answers]
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).write_bytes(b"".join(answers))


def _bytes(answer: Any) -> bytes:
    body = answer[0] if isinstance(answer, tuple) else answer
    return body.encode() if isinstance(body, str) else bytes(body)


def main() -> None:
    """Carry out the plan named on the command line, with the lab's network in front of the script."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    enter()
    sys.path.insert(0, str(Path(plan["program"]).parent))
    sys.argv = [plan["program"]]
    transform(plan, answering(runpy.run_path(plan["program"], run_name="inference"), plan))


if __name__ == "__main__":
    main()
