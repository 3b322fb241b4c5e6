"""Tokens of operators: JWTs of an identity provider such as Clerk, signed with RS256 and nothing else.

    token ──► short enough? ──► header: RS256, a kid ──► the provider's key ──► signature ──► claims ──► Bearer
                  └─────────────────┴───────────────────────┴──────────────────────┴─────────────┴─────► BadToken

What a token says of how to check it is not believed: `alg` is compared and never obeyed, and the keys come from the
configured URL alone, whatever `jku`, `x5u` or `jwk` offer.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.core.identity.keys import ProviderKeys
from chalicelib.core.ports.tokens import BadToken, Bearer

ALGORITHM = "RS256"
TOKEN_BYTES_MAX = 8_192
SUBJECT_CHARACTERS_MAX = 255
LEEWAY_SECONDS = 30


@dataclass(frozen=True)
class JwtTokens:
    """Reads the tokens of one provider."""

    keys: ProviderKeys
    issuer: str
    authorized_parties: frozenset[str] = frozenset()
    audience: str = ""

    def read(self, token: str, wall: datetime) -> Bearer:
        """Whose token this is at that moment. Raises BadToken."""
        claims = self._signed(token, wall)
        self._check_for_us(claims)
        _check_times(claims, wall.timestamp())
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_CHARACTERS_MAX:
            raise BadToken("sub")
        return Bearer(self.issuer, subject)

    def _signed(self, token: str, wall: datetime) -> Mapping[str, Any]:
        """The claims of a token that the provider has signed. Raises BadToken."""
        import jwt

        if len(token.encode()) > TOKEN_BYTES_MAX:
            raise BadToken("too long")
        try:
            header = jwt.get_unverified_header(token)
            kid = header.get("kid")
            # A header marked `crit` asks for rules that are not kept here.
            if header.get("alg") != ALGORITHM or not isinstance(kid, str) or "crit" in header:
                raise BadToken("header")
            key = self.keys.find(kid, wall)
            if key is None:
                raise BadToken("unknown kid")
            # PyJWT would compare times with a clock of its own, so the claims are checked here instead.
            claims: Mapping[str, Any] = jwt.decode(
                token, key, algorithms=[ALGORITHM], options={
                    "verify_signature": True, "verify_exp": False, "verify_nbf": False, "verify_iat": False,
                    "verify_aud": False, "verify_iss": False, "verify_sub": False, "verify_jti": False,
                },
            )  # fmt: skip
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise BadToken(type(error).__name__) from error
        return claims

    def _check_for_us(self, claims: Mapping[str, Any]) -> None:
        """Who issued it, for whom, and which page asked for it. Raises BadToken."""
        if claims.get("iss") != self.issuer:
            raise BadToken("iss")
        heard = claims.get("aud")
        if self.audience and self.audience not in (heard if isinstance(heard, list) else [heard]):
            raise BadToken("aud")
        party = claims.get("azp")
        if self.authorized_parties and not (isinstance(party, str) and party in self.authorized_parties):
            raise BadToken("azp")


@dataclass(frozen=True)
class ClosedDoor:
    """Where no provider is configured no token means anything."""

    def read(self, token: str, wall: datetime) -> Bearer:
        """Nobody's token. Raises BadToken."""
        raise BadToken("no provider is configured")


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    """It ends, it has not ended, and it has begun. Raises BadToken."""
    if not _moment(claims.get("exp")) > now - LEEWAY_SECONDS:
        raise BadToken("exp")
    for name in ("nbf", "iat"):
        if name in claims and not _moment(claims[name]) <= now + LEEWAY_SECONDS:
            raise BadToken(name)


def _moment(claim: Any) -> float:
    """Seconds since 1970; what is no number compares with nothing."""
    number = isinstance(claim, int | float) and not isinstance(claim, bool) and math.isfinite(claim)
    return float(claim) if number else math.nan
