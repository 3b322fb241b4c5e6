"""Public keys on P-256, as WebCrypto and OpenSSL write them: never a private one, and nothing is encrypted here."""

import base64
import binascii

POINT_BYTES, SPKI_BYTES = 65, 91
KEY_CHARACTERS_MAX = 124
"""The longer of the two forms in base64."""


def point(text: str) -> bytes:
    """The 65 bytes of a public key, given as base64 of its point or of its SPKI. Raises ValueError, which says why."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

    raw = decoded(text)
    try:
        if len(raw) == POINT_BYTES and raw[0] == 4:
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
        elif len(raw) == SPKI_BYTES:
            key = load_der_public_key(raw)  # type: ignore[assignment]
        else:
            raise ValueError(f"{len(raw)} bytes are neither form")
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("another kind of key")
        if len(raw) == SPKI_BYTES and key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != raw:
            # OpenSSL reads spellings of a point that WebCrypto does not.
            raise ValueError("another spelling of the point")
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(
            "must be a P-256 public key: base64 of its SPKI or of its 65-byte uncompressed point"
        ) from None
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def decoded(text: str) -> bytes:
    """The bytes of a text in standard base64 with padding, and in no looser spelling. Raises ValueError."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must be base64") from None
    if base64.b64encode(raw).decode() != text:
        raise ValueError("must be base64")
    return raw
