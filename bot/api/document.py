"""What the API's own description says beside its calls: tokens, keys, and problems."""

from __future__ import annotations

from typing import Any

from bot.api.problem import WORDS

PROBLEM = "application/problem+json"

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. Members beside these belong to the code, such as `allowed_at`.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable: " + ", ".join(sorted(WORDS))},
        "detail": {"type": "string"},
        "allowed_at": {"type": "string", "description": "From when it is possible, RFC 3339."},
        "contact_id": {"type": "string", "description": "The contact that exists already."},
        "errors": {"type": "object", "description": "What is wrong, by field."},
    },
}

ALWAYS = {
    "400": "invalid", "401": "unauthorized", "422": "invalid", "500": "fault", "503": "unavailable",
}  # fmt: skip
"""Problems that any call can have."""

TOO_LARGE = {"413": "invalid: a body has at most 1 MB"}
"""A problem of calls that bring something."""

KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same call is answered the same for 24 hours.",
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[!-~]*$"},
}


def complete(description: Any) -> Any:
    """Complete the description that APIFlask makes of the calls."""
    components = description.setdefault("components", {})
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    description["security"] = [{"token": []}]
    for path in description["paths"].values():
        for method, call in path.items():
            if isinstance(call, dict) and "responses" in call:
                _complete_call(method, call)
    return description


def _complete_call(method: str, call: dict[str, Any]) -> None:
    responses = call["responses"]
    always = ALWAYS | TOO_LARGE if method == "post" else ALWAYS
    for status in sorted({*always, *(one for one in responses if one >= "400")}):
        words = responses.get(status, {}).get("description") or ""
        responses[status] = {
            "description": always.get(status, words),
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    if method == "post":
        call.setdefault("parameters", []).append(KEY)
