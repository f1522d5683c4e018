"""What a person chose, kept while the page is left: the framework forgets widgets that are not drawn."""

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

_KEPT: Final = "fx_kept"


def begin(key: str, default: Any = None, options: Sequence[Any] | None = None) -> str:
    """Give the widget with this key what was chosen last time, else ``default``; return the key.

    Called right before the widget is drawn, which must have no value of its own. A choice that is
    no longer among the ``options`` is let go.
    """
    chosen = _chosen()
    value = st.session_state.get(key, chosen.get(key, default))
    if options is not None and value is not None and value not in options:
        value = default
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return key


def keep(key: str) -> Any:
    """Remember what the widget with this key holds now, and return it."""
    value = st.session_state.get(key)
    _chosen()[key] = value
    return value


def forget(start: str) -> None:
    """Forget every choice whose key starts like this."""
    chosen = _chosen()
    for key in [key for key in chosen if key.startswith(start)]:
        del chosen[key]


def _chosen() -> dict[str, Any]:
    chosen: dict[str, Any] = st.session_state.setdefault(_KEPT, {})
    return chosen
