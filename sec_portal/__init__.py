"""Settings, addresses, sign-in, background work and the launcher: the house around the rooms."""
