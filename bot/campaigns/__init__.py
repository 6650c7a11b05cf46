"""Asking many contacts at once: who they are, what would come of it, and doing it bit by bit."""
