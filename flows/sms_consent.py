"""Consent by SMS: the course of `opt_in`, but everybody who has a number can be reached."""

from __future__ import annotations

from flows import opt_in

flow = opt_in.flow.without("unreachable", name="sms_consent", channel="sms")
