"""The console as a person meets it: in Chromium, from a real server process."""
