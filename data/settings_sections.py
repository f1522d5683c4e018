"""The file of settings, read section by section: every value is asked for by name and refused when it cannot be."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from problems.errors import InputRefused


@dataclass(frozen=True, slots=True)
class Limit:
    """What a number may be: at least ``low``, at most ``high``."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"from {self.low:g} to {self.high:g}"


def read_sections(path: Path) -> dict[str, Any]:
    """Return the sections of a settings file by name, or raise InputRefused where it cannot be read."""
    asked = f"The settings file “{path}” (from FIXPOINT_SETTINGS) cannot be used."
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise InputRefused(asked, f"{error.strerror or error}.", "Correct the path or unset it.") from error
    except UnicodeDecodeError as error:
        raise InputRefused(asked, "It is not text in UTF-8.", "Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise InputRefused(asked, f"It is not TOML: {error}.", "Correct that line.") from error


def refused_key(path: Path, key: str, why: str, possible: str) -> InputRefused:
    """Return the refusal of a key of the file."""
    return InputRefused(f"“{key}” in “{path}” {why}.", "", possible)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the file, asked for its values one by one."""

    path: Path
    name: str
    content: Mapping[str, Any]

    def refused(self, key: str, why: str, possible: str) -> InputRefused:
        """Return the refusal of a key of this section."""
        return refused_key(self.path, f"{self.name}.{key}", why, possible)

    def allow(self, *keys: str) -> None:
        """Refuse every key but these."""
        for key in self.content:
            if key not in keys:
                raise self.refused(key, "is not a setting", f"The settings of [{self.name}] are {', '.join(keys)}.")

    def number(self, key: str, limit: Limit, *, whole: bool) -> float:
        """Return a number within its limit."""
        value = self.content[key]
        kind = "a whole number" if whole else "a number"
        # TOML's true is Python's True, which would pass for 1.
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            raise self.refused(key, f"is {value!r}, not {kind}", f"It can be {kind} {limit}.")
        # Written so that "nan", which TOML allows, is not between anything.
        if not limit.low <= value <= limit.high:
            raise self.refused(key, f"is {value}", f"It can be {kind} {limit}.")
        return int(value) if whole else float(value)

    def text(self, key: str, possible: str) -> str:
        """Return a text that has to be there."""
        value = self.content.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.refused(key, "is missing" if value is None else "is not a text", possible)
        return value.strip()

    def switch(self, key: str) -> bool:
        """Return true or false, false where the key is absent."""
        value = self.content.get(key, False)
        if not isinstance(value, bool):
            raise self.refused(key, "is neither true nor false", "Write true or false, without quotation marks.")
        return value

    def listed(self, key: str, possible: str) -> list[Any]:
        """Return a list of texts and days."""
        value = self.content[key]
        if not isinstance(value, list) or not all(isinstance(one, str | date) for one in value):
            raise self.refused(key, "is not a list", possible)
        return value

    def matching(self, key: str, pattern: str, why: str, possible: str) -> str:
        """Return a text of which the pattern holds, empty where the key is absent; its value is never repeated."""
        if key not in self.content:
            return ""
        text = self.text(key, possible)
        if not re.fullmatch(pattern, text, re.ASCII):
            raise self.refused(key, why, possible)
        return text
