"""Checks answers against Twilio's published OpenAPI description, given by its folder.

    python -m tests.simulator.openapi FOLDER

FOLDER holds `twilio_api_v2010.json` and its neighbours, as the repository twilio/twilio-oai does
under `spec/json`. The description is not part of this project: what it says of names and types
is carried over into `twilio_fields.toml`, which this program compares with it, and which
the tests compare with the stand-in's answers.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

FACTS = Path(__file__).with_name("twilio_fields.toml")

KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}


def facts() -> dict[str, dict[str, Any]]:
    """What was carried over: for each resource its source, and the type of each field."""
    return tomllib.loads(FACTS.read_text(encoding="utf-8"))


def wrong_with(shown: dict[str, Any], fields: dict[str, str]) -> list[str]:
    """Compare one answer with the facts: fields that do not exist, fields of the wrong type.

    A type with a question mark may be null; one with an exclamation mark must be in the answer.
    """
    strange = [f"{name} does not exist" for name in shown if name not in fields]
    needed = [name for name, kind in fields.items() if kind[-1] == "!"]
    missing = [f"{name} is missing" for name in needed if name not in shown]
    mistyped = [
        f"{name} is {value!r}, not {fields[name]}"
        for name, value in shown.items()
        if name in fields and not _fits(value, fields[name])
    ]
    return strange + missing + mistyped


def _fits(value: Any, kind: str) -> bool:
    if value is None:
        return True
    expected = KINDS[kind.rstrip("!?")]
    return isinstance(value, expected) and (isinstance(value, bool) == (bool in expected))


def differences(folder: Path) -> list[str]:
    """Compare the facts with the description itself."""
    found = []
    for resource, fact in facts().items():
        described = _fields_of(folder, fact)
        carried = {name: kind.rstrip("!?") for name, kind in fact["fields"].items()}
        for name in sorted(described.keys() ^ carried.keys()):
            place = "only here" if name in carried else "missing here"
            found.append(f"{resource}.{name}: {place}")
        for name in sorted(described.keys() & carried.keys()):
            if described[name] not in (None, carried[name]):
                found.append(f"{resource}.{name}: {carried[name]} here, {described[name]} there")
    return found


def _fields_of(folder: Path, fact: dict[str, Any]) -> dict[str, str | None]:
    description = json.loads((folder / f"{fact['file']}.json").read_text(encoding="utf-8"))
    answers = description["paths"][fact["path"]][fact["method"]]["responses"]
    content = answers[str(fact["status"])]["content"]["application/json"]
    schema = _resolved(description, content["schema"])
    for step in fact.get("inside", []):
        schema = _resolved(description, schema["properties"][step])
        schema = _resolved(description, schema["items"]) if "items" in schema else schema
    return {
        name: _resolved(description, field).get("type")
        for name, field in schema["properties"].items()
    }


def _resolved(description: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = description["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def main() -> int:
    """Say what differs; the exit code is 1 if anything does."""
    if len(sys.argv) != 2:
        sys.stdout.write(__doc__ or "")
        return 2
    found = differences(Path(sys.argv[1]))
    words = "\n".join(found) or f"{len(facts())} resources agree with the description."
    sys.stdout.write(words + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
