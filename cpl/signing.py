"""Signs what is published (Ed25519), so that anybody can tell our bytes from others.

A reader verifies with
`openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in manifest.json -sigfile manifest.sig`.
"""

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def sign(content: bytes) -> bytes:
    """The signature: 64 octets."""
    return _key().sign(content)


def public_key() -> bytes:
    """The public key in PEM."""
    return _key().public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip


def _key() -> Ed25519PrivateKey:
    path = Path(settings.SIGNING_KEY_FILE)
    if not path.exists():
        _make(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured(f"SIGNING_KEY_FILE {path} holds no Ed25519 key.")
    return key


def _make(path: Path) -> None:
    """A key of its own for the embedded default; in production the file is put there beforehand."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # fmt: skip
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        # Exclusive: of two processes at once, the second takes the first's key.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
