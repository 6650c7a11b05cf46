"""Twilio's REST API: messages and content templates, errors and credentials."""
