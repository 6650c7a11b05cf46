"""The web application of the obvious way."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime

from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, Response, abort, request
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator

from benchmarks.naive.models import Contact, Conversation, Message, open_engine
from benchmarks.naive.talk import Talk

engines: dict[str, Engine] = {}


def engine_of(url: str) -> Engine:
    """The one engine of this process for a database."""
    if url not in engines:
        engines[url] = open_engine(url)
    return engines[url]


def fall_silent(url: str, conversation_id: int) -> None:
    """The job of a contact: 24 hours have passed."""
    with Session(engine_of(url)) as session:
        conversation = session.get(Conversation, conversation_id, with_for_update=True)
        if conversation is not None:
            Talk(session, conversation).expire()
            session.commit()


def scheduler_of(url: str) -> BackgroundScheduler:
    """A scheduler that keeps its jobs in the database."""
    stores = {"default": SQLAlchemyJobStore(engine=engine_of(url))}
    defaults = {"misfire_grace_time": None, "coalesce": True}
    return BackgroundScheduler(jobstores=stores, job_defaults=defaults, timezone=UTC)


def wait_for_answer(
    scheduler: BackgroundScheduler, url: str, conversation_id: int, until: datetime
) -> None:
    """Add the job of a contact who has been asked."""
    scheduler.add_job(
        fall_silent,
        "date",
        run_date=until,
        args=[url, conversation_id],
        id=f"silent-{conversation_id}",
    )


def create_app() -> Flask:
    """Put it together."""
    url = os.environ["DATABASE_URL"]
    app, scheduler = Flask(__name__), scheduler_of(url)
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    scheduler.start()

    @app.post("/twilio/inbound")
    def inbound() -> Response:
        address = os.environ["PUBLIC_URL"] + request.path
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(address, request.form, signature):
            abort(403)
        with Session(engine_of(url)) as session:
            conversation_id = hear(session, request.form["MessageSid"])
        if conversation_id:
            with suppress(JobLookupError):  # the day was over
                scheduler.remove_job(f"silent-{conversation_id}")
        return Response("<Response/>", mimetype="text/xml")

    @app.get("/healthz")
    def healthz() -> str:
        return "alive"

    return app


def hear(session: Session, sid: str) -> int | None:
    """Take a message once. Gives back the conversation when it was new."""
    if session.scalar(select(Message.id).where(Message.sid == sid)):
        return None
    phone = request.form["From"].removeprefix("whatsapp:")
    found = select(Conversation).join(Contact).where(Contact.phone == phone)
    conversation = session.scalar(found.with_for_update())
    if conversation is None:
        abort(404)
    Talk(session, conversation).hear(sid, request.form["Body"])
    conversation_id = conversation.id
    try:
        session.commit()
    except IntegrityError:
        return None
    return conversation_id
