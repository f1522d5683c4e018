"""Take contact details out of free text before it is kept."""

import re

MASK = "[contact removed]"

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
#: Numbers written like telephone numbers: grouped US ones, British ones from 0 or +44, other +country ones.
_PHONE = re.compile(
    r"(?<![\w/])(?:"
    r"(?:\+?1[-. ]?)?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}"
    r"|(?:\+44[ -]?(?:\(0\))?|0)(?:\d[ -]?){9,10}"
    r"|\+\d{2}[ -]?(?:\d[ -]?){7,11}"
    r")(?!\w)"
)
#: Most texts hold no run of nine digits, however grouped: they are passed over quickly.
_DIGITS = re.compile(r"(?:\d[-. ()]{0,3}){9}")


def mask_contacts(text: str) -> tuple[str, int]:
    """Return the text without e-mail addresses and telephone numbers, and how many there were."""
    masked = 0
    if "@" in text:
        text, masked = _EMAIL.subn(MASK, text)
    if _DIGITS.search(text):
        text, phones = _PHONE.subn(MASK, text)
        masked += phones
    return text, masked
