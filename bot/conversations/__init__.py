"""Turns of any flow: loaded under a lock, taken, proved and written in one commit."""
