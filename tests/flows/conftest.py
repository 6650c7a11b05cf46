"""The people in a conversation. A module says which one by a fixture called `flow`."""

from __future__ import annotations

import pytest

from flows.flow import Flow
from tests.flows.conversation import Agent, Conversation, Person, Provider, Time


@pytest.fixture
def chat(flow: Flow) -> Conversation:
    return Conversation(flow)


@pytest.fixture
def person(chat: Conversation) -> Person:
    return chat.person


@pytest.fixture
def agent(chat: Conversation) -> Agent:
    return chat.agent


@pytest.fixture
def time(chat: Conversation) -> Time:
    return chat.time


@pytest.fixture
def provider(chat: Conversation) -> Provider:
    return chat.provider
