"""Keys of rows as an address, a form or a program's call gives them."""

# No table comes to so many rows, and every database takes a number of so many digits.
MOST_DIGITS = 9


def key_of(text: str) -> int | None:
    """The key; nothing for what is none, such as `²` or five thousand digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def keys_of(texts: list[str]) -> list[int]:
    """The keys among these; what is none is passed over."""
    return [key for text in texts if (key := key_of(text)) is not None]
