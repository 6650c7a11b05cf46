"""Settings: what is missing or malformed is said once, with what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import bot
from bot.config import NEEDED, STAND_IN, TWILIO, Misconfigured, Settings, load_settings
from bot.messaging.media_links import LASTS

GOOD = {
    "DATABASE_URL": "sqlite:////tmp/x.db",
    "PUBLIC_URL": "https://consent.example.org",
    "SECRET_KEY": "0123456789abcdef",
    "TWILIO_ACCOUNT_SID": "AC" + "a" * 32,
    "TWILIO_AUTH_TOKEN": "the-token",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's own settings is read."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def load(monkeypatch: pytest.MonkeyPatch, **changed: str | None) -> Settings:
    for name, value in (GOOD | changed).items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    return load_settings()


def test_what_is_needed_and_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch)
    settings.require_all()
    assert (settings.twilio_api_url, settings.simulator, settings.port) == (TWILIO, False, 8000)
    assert [token.get_secret_value() for token in settings.twilio_auth_token] == ["the-token"]


def test_all_that_is_missing_is_named_in_one_message() -> None:
    with pytest.raises(Misconfigured) as missing:
        load_settings().require_all()
    for name in NEEDED:
        assert name.upper() in str(missing.value)
    assert "docs/settings.md" in str(missing.value)


def test_an_empty_value_is_a_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, TWILIO_AUTH_TOKEN=" , ")
    with pytest.raises(Misconfigured, match="TWILIO_AUTH_TOKEN"):
        settings.require_all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "x"),
        ("PUBLIC_URL", "consent.example.org"),
        ("PUBLIC_URL", "https://under_score.example.org"),
        ("PUBLIC_URL", "https://example.org/?x=1"),
        ("SECRET_KEY", "short"),
        ("TWILIO_ACCOUNT_SID", "AC123"),
        ("TWILIO_ACCOUNT_SID", "SK" + "a" * 32),
        ("TWILIO_API_URL", "ftp://x"),
        ("PORT", "0"),
        ("PORT", "eight"),
        ("TWILIO_TIMEOUT", "0"),
        ("TWILIO_TIMEOUT", "3600"),
        ("OUTBOX_SAFE_SECONDS", "-1"),
        ("OUTBOX_THREADS", "0"),
        ("SWEEP_SECONDS", "0"),
        ("LOG_FORMAT", "xml"),
        ("SIMULATOR", "perhaps"),
    ],
)
def test_what_is_malformed_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=f"  {name}: "):
        load(monkeypatch, **{name: value})


def test_all_that_is_malformed_is_named_in_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Misconfigured) as malformed:
        load(monkeypatch, SECRET_KEY="short", PORT="0", TWILIO_ACCOUNT_SID="AC1")
    assert [name in str(malformed.value) for name in ("SECRET_KEY", "PORT", "ACCOUNT_SID")] == [
        True, True, True
    ]  # fmt: skip


def test_no_secret_stands_in_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Misconfigured) as malformed:
        load(monkeypatch, SECRET_KEY="s3cret", TWILIO_AUTH_TOKEN="t0ken", PORT="0")
    assert "s3cret" not in str(malformed.value)
    assert "t0ken" not in str(load(monkeypatch, TWILIO_AUTH_TOKEN="t0ken", PORT="1"))


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("sqlite:///var/x.db", "sqlite:///var/x.db"),
    ],
)
def test_postgresql_by_any_name(monkeypatch: pytest.MonkeyPatch, given: str, url: str) -> None:
    assert load(monkeypatch, DATABASE_URL=given).database_url == url


@pytest.mark.parametrize("tokens", ["new,old", " new , old ", "new,old,"])
def test_several_tokens(monkeypatch: pytest.MonkeyPatch, tokens: str) -> None:
    settings = load(monkeypatch, TWILIO_AUTH_TOKEN=tokens)
    assert [token.get_secret_value() for token in settings.twilio_auth_token] == ["new", "old"]


def test_a_slash_at_the_end_of_an_address_is_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, PUBLIC_URL="https://example.org/consent/")
    assert settings.public_url == "https://example.org/consent"


@pytest.mark.parametrize("half", ["TWILIO_API_KEY", "TWILIO_API_SECRET"])
def test_half_a_key_is_none(monkeypatch: pytest.MonkeyPatch, half: str) -> None:
    with pytest.raises(Misconfigured, match="both, or neither"):
        load(monkeypatch, **{half: "SK1"})


def test_a_file_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("PORT=9001\nLOG_FORMAT=console\nSOMETHING_ELSE=1\n")
    settings = load(monkeypatch, PORT="9002")
    assert (settings.port, settings.log_format) == (9002, "console")


class TestASimulation:
    @pytest.mark.parametrize("on", ["1", "true", "yes"])
    def test_needs_nothing_else(self, monkeypatch: pytest.MonkeyPatch, on: str) -> None:
        monkeypatch.setenv("SIMULATOR", on)
        settings = load_settings()
        settings.require_all()
        assert settings.simulator
        assert settings.twilio_api_url == STAND_IN
        assert settings.public_url == "http://127.0.0.1:8000"

    def test_takes_what_is_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        url = "http://127.0.0.1:4999"
        settings = load(monkeypatch, SIMULATOR="1", TWILIO_API_URL=url, PORT="8001")
        assert (settings.twilio_api_url, settings.public_url) == (url, GOOD["PUBLIC_URL"])

    def test_listens_where_it_says(self, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = load(monkeypatch, SIMULATOR="1", PUBLIC_URL=None, PORT="8001")
        assert settings.public_url == "http://127.0.0.1:8001"

    @pytest.mark.parametrize(
        "url", [TWILIO, "https://api.dublin.ie1.twilio.com", "https://API.TWILIO.COM"]
    )
    def test_never_meets_real_people(self, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
        with pytest.raises(Misconfigured, match="SIMULATOR=1 with Twilio's own address"):
            load(monkeypatch, SIMULATOR="1", TWILIO_API_URL=url)

    def test_is_off_unless_it_is_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert not load(monkeypatch, SIMULATOR="0").simulator


def test_files_are_kept_as_long_as_twilio_may_fetch_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, FILES_KEPT_DAYS=str(LASTS.days)).files_kept_days == LASTS.days
    with pytest.raises(Misconfigured, match="FILES_KEPT_DAYS"):
        load(monkeypatch, FILES_KEPT_DAYS=str(LASTS.days - 1))


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    documented = (Path(bot.__file__).parents[1] / "docs" / "settings.md").read_text("utf-8")
    assert f"`{name.upper()}`" in documented
    assert Settings.model_fields[name].description


def test_settings_are_what_they_were_when_the_process_began(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings: Any = load(monkeypatch)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1
