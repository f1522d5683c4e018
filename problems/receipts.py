"""Receipt numbers: what somebody who reports is told, short enough for the phone.

A receipt such as ``FX-7K3M-9QPD`` has seven signs that are drawn and one that checks them: one sign
heard wrong, or two neighbours swapped, are noticed at once. No sign looks like another (no 0, O, 1, I, L).
"""

from collections.abc import Callable, Sequence
from typing import Final

from problems.errors import InputRefused

#: 31 signs, a prime: with it every single mistake changes the check.
SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_DRAWN: Final = 7
_PREFIX: Final = "FX"
_EXAMPLE: Final = "A receipt looks like FX-7K3M-9QPD."


def new_receipt(choose: Callable[[Sequence[str]], str]) -> str:
    """Return a new receipt number from what ``choose`` picks, sign by sign (27 thousand million of them).

    Where it must not be guessed, pass :func:`secrets.choice`.

    >>> new_receipt(lambda signs: signs[5])
    'FX-7777-777J'
    """
    drawn = "".join(choose(SIGNS) for _ in range(_DRAWN))
    return _written(drawn + _check(drawn))


def read_receipt(typed: str) -> str:
    """Return the receipt number that somebody typed, however they spaced it.

    Raises
    ------
    InputRefused
        When it cannot be one, or one of its signs must be wrong.

    >>> read_receipt("fx 7777777j")
    'FX-7777-777J'
    """
    asked = f"“{typed.strip()[:40]}” is not a receipt number."
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    if len(signs) == len(_PREFIX) + _DRAWN + 1 and signs.startswith(_PREFIX):
        signs = signs.removeprefix(_PREFIX)
    if len(signs) != _DRAWN + 1:
        raise InputRefused(asked, f"It has {len(signs)} signs.", _EXAMPLE)
    strange = sorted({sign for sign in signs if sign not in SIGNS})
    if strange:
        raise InputRefused(asked, f"No receipt has {', '.join(strange)} in it.", "There is no 0, O, 1, I or L.")
    if _check(signs[:_DRAWN]) != signs[_DRAWN:]:
        raise InputRefused(asked, "One of its signs must be wrong, or two are swapped.", "Read it out once more.")
    return _written(signs)


def _check(drawn: str) -> str:
    return SIGNS[sum((place + 1) * SIGNS.index(sign) for place, sign in enumerate(drawn)) % len(SIGNS)]


def _written(signs: str) -> str:
    return f"{_PREFIX}-{signs[:4]}-{signs[4:]}"
