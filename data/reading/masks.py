"""Take contact details out of free text before it is kept."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.reading.strings import Strings, as_strings

MASK = "[contact removed]"
#: In place of an address of the web that opens something private.
LINK_MASK = "[private link removed]"

#: What parts the two halves of an e-mail address, also written so that programs would not see it.
_AT = r"[@＠]|%40| ?[(\[] ?(?i:at) ?[)\]] ?"
_DOT = r"\.| ?[(\[] ?(?i:dot) ?[)\]] ?"
_EMAIL = re.compile(rf"[\w.%+-]{{1,64}}(?:{_AT})[\w-]{{1,63}}(?:(?:{_DOT})[\w-]{{1,63}})+")
#: With blanks round its parts, it is one where it ends like an address of the web: “sign @ junction” is none.
_LOOSE_EMAIL = re.compile(
    r"(?i)[\w.%+-]{1,64} ?@ ?[\w-]{1,63}(?: ?\. ?[\w-]{1,63}){0,3}"
    r" ?\. ?(?:com|org|net|edu|gov|info|eu|uk|us|ca|au|nz|ie|de|fr|nl|be|ch|at)\b"
)
_HAS_AT = re.compile(_AT)
_LINK = re.compile(
    r"(?:(?:https?|ftps?|wss?)://|(?<![\w.])www\.|(?<![\w.@/-])(?:[\w-]{1,63}\.){1,4}[a-z]{2,10}/)[^\s<>\"'”]+",
    re.IGNORECASE,
)
_HAS_PART = r"[?&#;][\w.-]+="
_HAS_LINK = re.compile(rf"://|(?i:www\.)|{_HAS_PART}")
#: A name and password before the host, or a part that works like a password.
_PRIVATE = re.compile(
    r"://[^/\s?#]*@"
    r"|[?&#;](?:(?:auth(?:orization)?_?)?code=|(?:j|php|asp)sess(?:ion)?_?id=)"
    r"|[?&#;](?:[\w.-]*[-_.])?(?:api|access|auth|session|user|client)?"
    r"(?:key|keyid|token|otp|sig|signature|secret|password|passwd|passcode|pwd|pass|auth|session|sessionid|sid|jwt|credential)=",
    re.IGNORECASE,
)
#: Numbers written like telephone numbers: grouped US ones, British and French ones from 0, others from +country.
#: Digits in a row are one only where they must be: a British number, or after a word such as “call”.
#: What follows a “#” is a reference.
_PHONE = re.compile(
    r"(?<![\w/#])(?<!# )(?<!\d[-.])(?:"
    r"(?:\+?1[-. ]?)?(?:\(\d{3}\)[-. ]?|\d{3}[-./ ])\d{3}[-. ]\d{4}"
    r"|\(\d{3}\)\d{7}"
    r"|\(0\d\) ?\d{3,4}[ -]\d{4}"
    r"|(?=(?:[ ().-]*\d){10,11}(?!\d))\(?0[1-35789]\d{1,3}\)?[ .-]\d{3,4}[ .-]?\d{2,4}"
    r"|01[567]\d[ /]\d{7,8}"
    r"|0[1-35789]\d{9}"
    r"|0(?:6[ -]?|7)\d{8}"
    r"|04\d{2}[ -]\d{3}[ -]\d{3}"
    r"|0[1-9](?:[ .-]\d{2}){4}"
    r"|00(?:3[0-69]|4[013-9]|353)\d{8,10}"
    r"|(?:\+\d{1,3}[ -]?|00[1-9]\d{0,2}[ -])(?:\(0\))?[ -]?\d(?:[ -]?\d){7,11}"
    r"|\+\d{1,3}\.\d{2,5}\.\d{3,7}(?:\.\d{2,4})?"
    r")(?: ?(?:[xX]|[eE]xt\.?) ?\d{1,6})?(?!\w|[-.]\d)",
    re.ASCII,
)
#: Before a number that is written like a telephone number, but is a reference.
_REFERENCE = re.compile(
    r"(?i)\b(?:parcel|(?<!parking )lot|(?<!in )case|ref|reference|account|acct|permit|ticket|order|invoice|asset|serial"
    r"|docket|apn|meter|pole|application)\b[^\w\n]{0,3}(?:(?:no|nr|num|number|id)\b[^\w\n]{0,3})?\Z",
    re.ASCII,
)
_REFERENCE_LETTERS = 30
#: Dashes and blanks that a program put in place of the plain ones, between digits.
_ODD_DASH = re.compile(r"(?<=[\d)])[\u2010-\u2015\u2212](?=\d)")
_ODD_BLANK = re.compile(r"(?<=[\d)])[\u00a0\u2007\u2009\u202f](?=[\d(])")
_ODD = "[0-9)][\u2010-\u2015\u2212\u00a0\u2007\u2009\u202f][0-9(]"
_HAS_ODD = re.compile(_ODD)
_TOLD_PHONE = re.compile(
    r"(?i)\b(?:call|phone|ring|tel|telephone|text|cell|mobile|fax|whatsapp)\b[^\w\n(]{0,3}"
    r"(?:(?:me|us|him|her|them|back|at|on|no|nr|number|is)\b[^\w\n(]{0,3}){0,3}(\(?\d{10,11}|\d{3}[-/]\d{7})(?!\w)"
    r"|\b(?:my|our|his|her|their) number(?: is|:) (\d{10,11}|\d{3}[-/]\d{7})(?!\w)",
    re.ASCII,
)
_SOCIAL_SECURITY = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])", re.ASCII)
#: The numbers of payment cards; their last digit is a check on the others.
_CARD = re.compile(
    r"(?<![\w.-])(?:3[47]\d{2}[ -]?\d{6}[ -]?\d{5}|(?:4\d|5[1-5]|6[05])\d{2}(?:[ -]?\d{4}){3})(?![\w-]|\.\d)",
    re.ASCII,
)
#: Every telephone, card and social security number holds one of these, and few dates do: most texts are passed over.
_DIGITS = (
    r"\d{10}|\+\d|\d{3}[-./ )]{1,2}\d{3}[-. ]?\d{4}|\d{3}-\d{2}-\d{4}|\d{4}[ -]\d{4}|\d{4}[ -]?\d{6}[ -]?\d{5}"
    r"|0\d{1,4}\)?[ ./-]\d{3,4}[ .-]?\d{2,4}|0\d(?:[ .-]\d{2}){4}|00\d{1,3}[ -]|0\d{1,3}[ /-]\d{7,8}"
)
_HAS_DIGITS = re.compile(_DIGITS, re.ASCII)
_MAY_HOLD = rf"{_AT}|://|(?i:www\.)|{_HAS_PART}|{_ODD}|{_DIGITS}"


def mask_contacts(text: str) -> tuple[str, int]:
    """Return the text without contact details, and how many there were.

    Masked are e-mail addresses, telephone, social security and payment card numbers, and addresses of the
    web that carry a name, a key or a password. References, coordinates, dates and amounts stay.
    """
    masked = 0
    if _HAS_LINK.search(text):
        text, masked = _mask_links(text)
    if _HAS_AT.search(text):
        for email in (_EMAIL, _LOOSE_EMAIL):
            text, found = email.subn(MASK, text)
            masked += found
    plain = _ODD_BLANK.sub(" ", _ODD_DASH.sub("-", text)) if _HAS_ODD.search(text) else text
    if _HAS_DIGITS.search(plain):
        shown, found = _mask_numbers(plain)
        if found:
            text, masked = shown, masked + found
    return text, masked


def _mask_numbers(text: str) -> tuple[str, int]:
    text, masked = _mask_cards(text)
    text, found = _SOCIAL_SECURITY.subn(MASK, text)
    masked += found
    text, found = _mask_phones(text)
    masked += found
    text, found = _TOLD_PHONE.subn(lambda told: told[0].replace(told[1] or told[2], MASK), text)
    return text, masked + found


def _mask_phones(text: str) -> tuple[str, int]:
    masked = 0

    def shown(phone: re.Match[str]) -> str:
        nonlocal masked
        before = text[max(0, phone.start() - _REFERENCE_LETTERS) : phone.start()]
        if phone[0][0].isdigit() and _REFERENCE.search(before):
            return phone[0]
        masked += 1
        return MASK

    return _PHONE.sub(shown, text), masked


def _mask_cards(text: str) -> tuple[str, int]:
    masked = 0

    def shown(card: re.Match[str]) -> str:
        nonlocal masked
        digits = [int(letter) for letter in reversed(card[0]) if letter.isdecimal()]
        doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]
        if (sum(digits[::2]) + sum(doubled)) % 10:
            return card[0]
        masked += 1
        return MASK

    return _CARD.sub(shown, text), masked


def _mask_links(text: str) -> tuple[str, int]:
    masked = 0

    def shown(link: re.Match[str]) -> str:
        nonlocal masked
        if not _PRIVATE.search(link[0]):
            return link[0]
        masked += 1
        return LINK_MASK

    return _LINK.sub(shown, text), masked


def mask_column(values: Strings) -> tuple[pa.Array, int]:
    """Return a column of texts without contact details, and how many there were.

    Parameters
    ----------
    values
        Text, n values; None becomes the empty text.

    Returns
    -------
    texts, masked : arrow array of large strings of length n, int
        What :func:`mask_contacts` makes of each.
    """
    told = as_strings(values)
    suspects = np.flatnonzero(pc.match_substring_regex(told, _MAY_HOLD).to_numpy(zero_copy_only=False))
    if not len(suspects):
        return told, 0
    read = [mask_contacts(text) for text in told.take(suspects).to_pylist()]
    where = np.zeros(len(told), dtype=np.bool_)
    where[suspects] = True
    texts = pa.array([text for text, _ in read], type=told.type)
    return pc.replace_with_mask(told, pa.array(where), texts), sum(found for _, found in read)
