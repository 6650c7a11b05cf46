"""Settings, from the environment or `.env`. `docs/settings.md` lists them all."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

TWILIO = "https://api.twilio.com"
STAND_IN = "http://127.0.0.1:4010"
"""Where our own stand-in for Twilio listens unless told otherwise."""

SIMULATED = {
    "secret_key": "simulated-and-therefore-no-secret",
    "twilio_account_sid": "AC" + "0" * 31 + "1",
    "twilio_auth_token": "simulated",
    "twilio_api_url": STAND_IN,
}
"""What a simulation uses for what nobody set: nothing in it is real."""

NEEDED = ("public_url", "secret_key", "twilio_account_sid", "twilio_auth_token")


class Misconfigured(Exception):
    """Settings are missing or malformed; the message names them all and says what to do."""


class Settings(BaseSettings):
    """Everything that an installation decides."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    database_url: str = Field(
        "sqlite:///var/assent.db",
        description="Where everything is kept: SQLite (`sqlite:///…`) or PostgreSQL (`postgresql://…`).",
    )
    public_url: str | None = Field(
        None, description="What Twilio calls, without a path: `https://consent.example.org`."
    )
    secret_key: SecretStr | None = Field(
        None, description="Signs sessions. At least 16 characters, kept secret."
    )
    twilio_account_sid: str | None = Field(None, description="The Account SID, `AC` and 32 digits.")
    twilio_auth_token: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="The Auth Token, which signs webhooks. Several, with commas, while rotating.",
    )
    twilio_api_key: str | None = Field(
        None, description="An API key (`SK…`) to send with instead of the Auth Token."
    )
    twilio_api_secret: SecretStr | None = Field(None, description="The API key's secret.")
    twilio_api_url: str = Field(
        TWILIO, description="Where Twilio's API is; set it to talk to any stand-in."
    )
    simulator: bool = Field(
        False, description="`1`: simulator and movable clock. Refused with Twilio's own address."
    )
    port: int = Field(8000, ge=1, le=65535, description="Where the web process listens.")
    twilio_timeout: float = Field(
        10.0, gt=0, le=60, description="Seconds that one call to Twilio may take."
    )
    outbox_safe_seconds: float = Field(
        300.0,
        ge=0,
        description="How long a message of unknown fate is looked for at Twilio before it is sent "
        "again. Must exceed the time that Twilio's list of messages lags behind.",
    )
    outbox_threads: int = Field(
        128, ge=1, le=256, description="Calls to Twilio that one worker makes at a time."
    )
    sweep_seconds: float = Field(
        300.0, gt=0, description="How often messages that no webhook brought are fetched."
    )
    files_kept_days: int = Field(
        1096,
        ge=7,
        le=36_500,
        description="Days that the bytes of files sent to contacts are kept. At least 7: as long "
        "Twilio may fetch them.",
    )
    log_format: str = Field(
        "json", pattern="^(json|console)$", description="`json`, or `console` for people."
    )
    metrics_token: SecretStr | None = Field(
        None, description="If set, `/metrics` answers only to this Bearer token."
    )

    @model_validator(mode="before")
    @classmethod
    def _simulate(cls, given: Any) -> Any:
        """In a simulation nothing but `SIMULATOR` needs to be set."""
        if not isinstance(given, dict) or str(given.get("simulator", "")).lower() not in TRUE:
            return given
        missing = {name: value for name, value in SIMULATED.items() if not given.get(name)}
        if not given.get("public_url"):
            missing["public_url"] = f"http://127.0.0.1:{given.get('port') or 8000}"
        return {**given, **missing}

    @field_validator("database_url")
    @classmethod
    def _name_driver(cls, url: str) -> str:
        if re.match(r"postgres(ql)?(\+psycopg)?://", url):
            return re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", url)
        if not url.startswith("sqlite:///"):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return url

    @field_validator("public_url", "twilio_api_url")
    @classmethod
    def _bare_origin(cls, url: str | None) -> str | None:
        if url is None:
            return None
        if not re.fullmatch(r"https?://[^\s/?#_]+(/[^\s?#]*)?", url):
            raise ValueError(
                "must be http(s)://host[:port], no query; Twilio takes no underscore in a host"
            )
        return url.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value()) < 16:
            raise ValueError(
                "must have at least 16 characters; make one with: openssl rand -hex 32"
            )
        return key

    @field_validator("twilio_account_sid")
    @classmethod
    def _account_sid(cls, sid: str | None) -> str | None:
        if sid is not None and not re.fullmatch(r"AC[0-9a-zA-Z]{32}", sid):
            raise ValueError("must be AC and 32 letters or digits, as the Twilio console shows it")
        return sid

    @field_validator("twilio_auth_token", mode="before")
    @classmethod
    def _split(cls, tokens: Any) -> Any:
        if isinstance(tokens, str):
            return tuple(token.strip() for token in tokens.split(",") if token.strip())
        return tokens

    @model_validator(mode="after")
    def _no_simulation_at_twilio(self) -> Self:
        if self.simulator and "twilio.com" in self.twilio_api_url.lower():
            raise ValueError(
                "SIMULATOR=1 with Twilio's own address: a simulated clock must never meet real "
                "people. Unset SIMULATOR, or set TWILIO_API_URL to a stand-in"
            )
        if bool(self.twilio_api_key) != bool(self.twilio_api_secret):
            raise ValueError("set TWILIO_API_KEY and TWILIO_API_SECRET both, or neither")
        return self

    def require_all(self) -> None:
        """Make sure that messages can be taken and sent. Raises `Misconfigured`."""
        missing = [name.upper() for name in NEEDED if not getattr(self, name)]
        if missing:
            raise Misconfigured(
                "These settings are missing: " + ", ".join(missing) + ". Set them in the "
                "environment or in .env; docs/settings.md explains each. To try without Twilio: "
                "SIMULATOR=1."
            )


TRUE = ("1", "true", "yes", "on")


def load_settings(**given: Any) -> Settings:
    """Read the settings. Raises `Misconfigured` with all that is malformed, in one message."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise Misconfigured(_in_words(error)) from None


def _in_words(error: ValidationError) -> str:
    lines = [
        ("  " + ".".join(str(part) for part in fault["loc"]).upper() + ": ").replace("  : ", "  ")
        + fault["msg"].removeprefix("Value error, ")
        for fault in error.errors(include_url=False, include_input=False)
    ]
    return "These settings cannot be used:\n" + "\n".join(lines)
