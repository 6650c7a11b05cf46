"""The people and whom they belong to."""
