"""The control API under /control: the stand-in's own switches, which Twilio does not have.

JSON in and out, no credentials: keep the port on localhost. Errors are `{"error": words}`.
`docs/simulator.md` lists every call.
"""
