"""What a spreadsheet would run in place of showing it."""

STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """For people who open it in a spreadsheet: an apostrophe before what begins as a formula does."""
    return f"'{text}" if text.startswith(STARTS) else text
