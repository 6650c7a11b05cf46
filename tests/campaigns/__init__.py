"""Many contacts asked at once."""
