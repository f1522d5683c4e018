"""Text that people typed: without what nobody can see, and whether there are words in it at all."""

import re
from typing import Final

#: Control signs but tab and line ends, halves of letters, and the signs that turn the direction of what follows.
#: Databases refuse some of them; the others make a text look like another one. What joins letters or emoji stays.
_UNSEEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")


def readable(text: str) -> str:
    r"""Return ``text`` without signs that nobody can see, and without space round it.

    >>> readable(" Mill\x00 Lane\u202e ")
    'Mill Lane'
    """
    return _UNSEEN.sub("", text).strip()


def has_words(text: str) -> bool:
    r"""Tell whether a text says anything that could be read out: a letter or a figure of any script.

    >>> has_words("\U0001f44d"), has_words("\u200b ..."), has_words("好"), has_words("Column 14")
    (False, False, True, True)
    """
    return any(sign.isalnum() for sign in text)
