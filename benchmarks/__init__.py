"""How much it carries, held against the raw drivers and against other ways of doing the same."""
