"""To Twilio and back. The only wing that imports `twilio`."""
