"""What `flask up` runs: decided from what is set, and from what is not."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.config import STAND_IN, TRUE, Settings, load_settings
from bot.people.mistakes import Mistake

TWILIO_SETTINGS = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY")


@dataclass(frozen=True)
class House:
    """What is run: the environment of the children, and the stand-in's port if there is one."""

    environment: dict[str, str]
    settings: Settings
    stand_in: int | None


def plan(given: Mapping[str, str]) -> House:
    """Decide from the environment what is run, and write `.env` if nobody has decided anything."""
    environment = dict(given)
    simulated = _is_simulated(given)
    environment["SIMULATOR"] = "1" if simulated else "0"
    environment.setdefault("PORT", "8000")
    environment.setdefault("LOG_FORMAT", "console")
    own_stand_in = simulated and not given.get("TWILIO_API_URL")
    port = _stand_in_port(given)
    if own_stand_in:
        environment["TWILIO_API_URL"] = f"http://127.0.0.1:{port}"
    if simulated and not any(given.get(name) for name in ("DATABASE_URL", *TWILIO_SETTINGS)):
        _write_env()
    settings = _settings_of(environment)
    settings.require_all()
    return House(environment, settings, port if own_stand_in else None)


def _stand_in_port(given: Mapping[str, str]) -> int:
    port = given.get("SIMULATOR_PORT") or str(urlsplit(STAND_IN).port)
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise Mistake(f"SIMULATOR_PORT is {port!r}. It must be a number from 1 to 65535.")
    return int(port)


def _is_simulated(given: Mapping[str, str]) -> bool:
    """Unless told: yes, but never for somebody who has set up Twilio, whose contacts are real."""
    if given.get("SIMULATOR"):
        return given["SIMULATOR"].lower() in TRUE
    configured = any(given.get(name) for name in TWILIO_SETTINGS)
    return not configured or bool(given.get("TWILIO_API_URL"))


def _write_env() -> None:
    """So that commands in another terminal find the same simulation."""
    path = Path(".env")
    if path.exists():
        return
    path.touch(mode=0o600)
    path.write_text(
        "# Written by `flask up`: a simulation, nothing in it is real.\n"
        f"SIMULATOR=1\nSECRET_KEY={secrets.token_hex(32)}\n",
        encoding="utf-8",
    )


def _settings_of(environment: dict[str, str]) -> Settings:
    os.environ.update(environment)
    return load_settings()


def demand_free_ports(house: House) -> None:
    """Make sure that everything can listen where it shall. Raises `Mistake`."""
    ports = {"PORT": house.settings.port}
    if house.stand_in:
        ports["SIMULATOR_PORT"] = house.stand_in
    if len(set(ports.values())) < len(ports):
        raise Mistake("PORT and SIMULATOR_PORT are the same. Choose two different ports.")
    for name, port in ports.items():
        if not _is_free(port):
            raise Mistake(f"Port {port} is taken. Stop what uses it, or choose another: {name}=…")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104 - where the web process will listen
        except OSError:
            return False
    return True
