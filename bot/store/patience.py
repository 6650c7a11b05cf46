"""How long anybody waits for somebody else who writes, whatever the database."""

BUSY_MILLISECONDS = 5_000
"""How long a writer waits for another before the webhook answers 503. Twilio waits for 15 s."""
