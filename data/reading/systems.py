"""Which coordinate system a file names, never by the name of a file.

The library that knows the systems would also open definitions and grids under any path that a text
names; only the forms that tables of reports use are handed to it.
"""

import json
import re
from typing import Final

from pyproj import CRS
from pyproj.exceptions import CRSError

_LONGEST: Final = 100_000
_LONGEST_CODE: Final = 100
_CODE: Final = re.compile(
    r"(?:urn:(?:ogc|x-ogc):def:crs:(?P<a>EPSG|ESRI|OGC|IGNF):[\d.]*:"
    r"|https?://www\.opengis\.net/def/crs/(?P<b>EPSG|ESRI|OGC|IGNF)/[\d.]{1,9}/"
    r"|(?P<c>EPSG|ESRI|OGC|IGNF):{1,2})(?P<code>[A-Za-z0-9]{1,20})",
    re.IGNORECASE,
)
_WORDS: Final = re.compile(
    r"(?:PROJCRS|PROJECTEDCRS|GEOGCRS|GEOGRAPHICCRS|GEODCRS|GEODETICCRS|PROJCS|GEOGCS|COMPD_CS|COMPOUNDCRS|BOUNDCRS)"
    r"\s*[\[(]",
    re.IGNORECASE,
)
#: Parts of a description that name a file; “@null” stands for none.
_NAMES_FILE: Final = re.compile(
    r"PARAMETERFILE|PROJ4_GRIDS|pipeline|(?:grids|init|file)\s*=(?!\s*@null\b)", re.IGNORECASE
)
_JSON_FILE: Final = re.compile(r'"value"\s*:\s*"')


def system_of(text: str) -> CRS:
    """Return the coordinate system that ``text`` names: by its code (EPSG:n, a URN), in WKT or in PROJJSON.

    Raises
    ------
    CRSError
        Where it is named in another way, is not known, or its description names a file.
    """
    text = text.strip()
    if text.upper() == "CRS84":
        return CRS.from_authority("OGC", "CRS84")
    code = _CODE.fullmatch(text) if len(text) <= _LONGEST_CODE else None
    if code is not None:
        return CRS.from_authority((code["a"] or code["b"] or code["c"]).upper(), code["code"].upper())
    if len(text) <= _LONGEST and not _NAMES_FILE.search(text):
        if _WORDS.match(text):
            return CRS.from_wkt(text)
        if text.startswith("{") and not _JSON_FILE.search(text):
            return _of_json(text)
    raise CRSError("not a way in which a coordinate system may be named")


def _of_json(text: str) -> CRS:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CRSError("no valid JSON") from error
    if not str(told.get("type", "")).endswith("CRS"):
        raise CRSError("not the description of a coordinate system")
    return CRS.from_json_dict(told)
