"""The stand-in for Twilio, tried over real HTTP."""
