"""SHA-256 as the interpreter brings it: hashlib loads OpenSSL, which takes longer than all of
a hook's hashing."""

from __future__ import annotations

try:
    from _sha2 import sha256
except ImportError:
    try:
        from _sha256 import sha256  # Python 3.11
    except ImportError:
        from hashlib import sha256

__all__ = ["sha256"]
