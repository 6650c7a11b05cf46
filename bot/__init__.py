"""How it is run. Names no flow."""
