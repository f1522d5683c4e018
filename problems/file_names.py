"""Names of places as part of the names of files: safe on every system, and never a way out of a folder."""

import re
import unicodedata
from typing import Final

_ASIDE: Final = re.compile(r"[^a-z0-9]+")
#: Of a name that is longer, the rest is left out: mails and their readers shorten longer ones.
_LONGEST_PLAIN: Final = 60
#: The same in bytes, for names in any script: file systems end at 255.
_LONGEST_BYTES: Final = 120


def plain_name(words: str) -> str:
    """Return words in small letters of ASCII, figures and hyphens; empty where none of them can be told so.

    >>> plain_name("Saint-Rémy / East"), plain_name("../../etc"), plain_name("北区")
    ('saint-remy-east', 'etc', '')
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().casefold()
    return _ASIDE.sub("-", plain).strip("-")[:_LONGEST_PLAIN].rstrip("-")


def own_name(words: str) -> str:
    """Return words in their own script: letters with their marks, and figures; a hyphen for all else.

    >>> own_name("St. Mary’s / Old Town"), own_name("../../etc"), own_name("Größe"), own_name("?")
    ('St-Mary-s-Old-Town', 'etc', 'Größe', 'area')
    >>> own_name("दिल्ली") == "दिल्ली"
    True
    """
    composed = unicodedata.normalize("NFC", words)
    kept = ""
    for sign in composed:
        # The vowel signs of many scripts are marks: alone they are nothing, after a letter they are part of it.
        is_part = sign.isalnum() or (kept[-1:].strip() and unicodedata.category(sign) in {"Mn", "Mc"})
        kept += sign if is_part else " "
    name = "-".join(kept.split())
    return name.encode()[:_LONGEST_BYTES].decode(errors="ignore").rstrip("-") or "area"
