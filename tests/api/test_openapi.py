"""The API's description of itself is true, and nothing that it allows breaks the server."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import PROBLEM, Caller, said
from tests.world import Friend, World

SPEC = "/api/v1/openapi.json"
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
]  # fmt: skip


@pytest.fixture
def spec(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get(SPEC)
    assert answer.status_code == 200
    described: dict[str, Any] = said(answer)
    return described


@ON_SQLITE
class TestTheDescription:
    def test_needs_no_token_and_asks_for_one(self, spec: dict[str, Any]) -> None:
        assert spec["openapi"].startswith("3.")
        assert spec["security"] == [{"token": []}]
        assert spec["components"]["securitySchemes"]["token"]["scheme"] == "bearer"

    def test_speaks_of_every_call_and_nothing_else(self, app: Flask, spec: dict[str, Any]) -> None:
        calls = {
            re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/api/v1/") and rule.rule != SPEC
        }
        assert set(spec["paths"]) == calls

    def test_every_call_is_described_with_its_problems(self, spec: dict[str, Any]) -> None:
        for path, methods in spec["paths"].items():
            for method, call in methods.items():
                if method == "parameters":
                    continue
                assert call["summary"], path
                assert {"400", "401", "422", "500", "503"} <= set(call["responses"])
                assert ("413" in call["responses"]) is (method == "post"), path
                problems = {k: v for k, v in call["responses"].items() if k >= "400"}
                assert all(set(one["content"]) == {PROBLEM} for one in problems.values())
                assert all(one["description"] for one in problems.values()), path
                assert ("404" in call["responses"]) is ("{" in path), path

    def test_every_post_takes_a_key(self, spec: dict[str, Any]) -> None:
        for methods in spec["paths"].values():
            names = [one["name"] for one in methods.get("post", {}).get("parameters", [])]
            assert ("Idempotency-Key" in names) is ("post" in methods)

    def test_every_reference_leads_somewhere(self, spec: dict[str, Any]) -> None:
        names = set(re.findall(r"#/components/schemas/(\w+)", str(spec)))
        assert names <= set(spec["components"]["schemas"])

    def test_no_page_loads_anything_from_elsewhere(self, app: Flask) -> None:
        client = app.test_client()
        for path in ("/docs", "/redoc", "/api/docs", "/openapi.json"):
            assert client.get(path).status_code == 404
        assert client.get("/api/v1/docs").status_code == 401
        assert not [rule for rule in app.url_map.iter_rules() if "doc" in rule.endpoint]


@ON_SQLITE
def test_calls_of_every_kind_are_answered_as_described(
    app: Flask, crm: Caller, world: World, jo: Friend, contact_id: str
) -> None:
    schema = schemathesis.openapi.from_wsgi(SPEC, app)
    found = list(schema.get_all_operations())
    operations = [one.ok() for one in found if isinstance(one, Ok)]
    assert len(operations) == len(found)
    begun = crm.posts("/bulk", {"basis": "x", "contact_ids": [contact_id]}, 202)
    ids = {"contact_id": contact_id, "conversation_id": str(jo.key[1]), "bulk_id": begun["id"]}
    seen: set[int] = set()

    @settings(
        max_examples=150,
        deadline=timedelta(seconds=10),
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def call(data: st.DataObject) -> None:
        operation = data.draw(st.sampled_from(operations))
        case = data.draw(operation.as_strategy())
        for name in case.path_parameters or {}:
            if data.draw(st.integers(0, 3)):  # mostly somebody who is there
                case.path_parameters[name] = ids[name]
        answer = case.call_and_validate(
            headers={"Authorization": f"Bearer {crm.token}"}, checks=CHECKS
        )
        seen.add(answer.status_code)

    call()
    assert {200, 422} <= seen
    assert seen & {201, 202}


@pytest.fixture
def contact_id(crm: Caller) -> str:
    return str(crm.posts("/contacts", {"name": "Kim", "phone": "+4915100000001"}, 201)["id"])


@pytest.fixture
def jo(world: World) -> Friend:
    friend = world.contact()
    friend.is_asked()
    friend.says("Yes")
    return friend


@pytest.mark.parametrize("text", ["a\0b", "\x1c", "a\ud800b", "\u202ea", "\ufffd"], ids=ascii)
def test_odd_texts_are_taken_or_refused(crm: Caller, jo: Friend, text: str) -> None:
    for path, given_ in [
        ("/contacts", {"name": text, "phone": "+4915100000009"}),
        (f"/contacts/{jo.now.contact_id}/opt-in", {"basis": text}),
        ("/bulk", {"basis": text, "everybody": True}),
        ("/bulk", {"basis": "x", "q": text, "state": text}),
        (f"/conversations/{jo.key[1]}/messages", {"text": text}),
        (f"/conversations/{jo.key[1]}/withdraw", {"reason": text}),
    ]:
        assert crm.calls("POST", path, given_).status_code in (200, 201, 202, 409, 422), path
    visible = text.encode("utf-8", "replace").decode()
    for query in ({"q": visible}, {"state": visible}):
        assert crm.calls("GET", "/contacts", query_string=query).status_code in (200, 422)
    phone = {"phone": visible}
    assert crm.calls("GET", "/may-send", query_string=phone).status_code == 422
