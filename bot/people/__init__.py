"""Organizations, those who sign in for them, and the contacts they write to."""
