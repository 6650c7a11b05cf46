"""Web servers to compare with: the obvious way, a commit for each message, and no work at all."""
