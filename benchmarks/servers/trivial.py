"""The floor of HTTP: a view that checks the signature and says nothing."""

from __future__ import annotations

import os

from flask import Flask, Response, request
from twilio.request_validator import RequestValidator

app = Flask(__name__)
_validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
_public_url = os.environ["PUBLIC_URL"]


@app.post("/twilio/inbound")
def inbound() -> tuple[Response, int]:
    """Take a message, and forget it."""
    signature = request.headers.get("X-Twilio-Signature", "")
    signed = _validator.validate(_public_url + request.path, request.form, signature)
    return Response("<Response/>", mimetype="text/xml"), 200 if signed else 403


@app.get("/healthz")
def healthz() -> str:
    """Alive."""
    return "alive"
