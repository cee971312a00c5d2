"""The same answers as JSON for programs: read-only, without an account, described by `openapi.json`."""
