"""The live map as a folium map: tiny, the same for everybody, and served from our own origin alone.

The map is mounted once. What changes (filters, colours, what is selected) reaches it as a *state*
that is evaluated in the running frame, so that nothing is mounted anew; what it shows it reads from
:mod:`dashboard.routes` as it moves. This module is the only one that writes script for the map.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final

import folium
import streamlit as st
from branca.element import Element, MacroElement
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template
from streamlit_folium import st_folium

from dashboard import design
from dashboard.mapping.features import STEP_DEGREES, words
from dashboard.routes import ASSETS

_LEAFLET_JS: Final = "/assets/leaflet/leaflet.js"
_LEAFLET_CSS: Final = "/assets/leaflet/leaflet.css"
HEIGHT_PX: Final = 620  # only until the style sheet of the frame stretches the map to the frame


class LiveMap(folium.Map):
    """An empty map that loads Leaflet from our own address and can be zoomed by the reader."""

    # folium's own header forbids zooming the page with two fingers (user-scalable=no).
    _template = Template(
        """
        {% macro header(this, kwargs) %}
            <meta name="viewport" content="width=device-width, initial-scale=1.0" />
            <style>html, body { width: 100%; height: 100%; margin: 0; padding: 0; }
            #{{ this.get_name() }} { position: relative; width: 100%; height: 100vh !important; }</style>
        {% endmacro %}
        {% macro html(this, kwargs) %}
            <div class="folium-map" id="{{ this.get_name() }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map("{{ this.get_name() }}", {
                center: [0, 0], zoom: 2, minZoom: 3, maxZoom: 19, zoomSnap: 0.25, zoomDelta: 1, wheelPxPerZoomLevel: 90,
                worldCopyJump: true
            });
            {{ this.get_name() }}.attributionControl.setPrefix("");
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__(tiles=None)
        self.default_js = [("leaflet", _LEAFLET_JS)]
        self.default_css = [("leaflet_css", _LEAFLET_CSS)]


class LiveLayer(JSCSSMixin, Layer):
    """Our own layer: reports, problems and base lines, read as the map moves."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = fixpointLayer({{ this.fixed }}).addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__(name="live", overlay=True, control=False)
        self._name = "LiveLayer"
        self.default_js = [("live_layer", versioned("live-layer.js"))]
        self.default_css = [("live_layer_css", versioned("live-layer.css"))]
        self.fixed = script_literal(
            {
                "densityFrom": list(design.DENSITY_FROM),
                "label": "Map of reports and problems. The table lists the same.",
            }
        )


class State(MacroElement):
    """The state of one reader's map, evaluated in the frame."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            window.{{ this.receiver }}.update({{ this.state }});
        {% endmacro %}
        """
    )

    def __init__(self, state: Mapping[str, object], *, receiver: str = "fixpointLive") -> None:
        super().__init__()  # type: ignore[no-untyped-call] # branca has no annotations here
        self._name = "LiveState"
        self.receiver = receiver
        self.state = script_literal(state)


def versioned(name: str) -> str:
    """Return the address of one of our own assets; it changes with the content, so it may be kept."""
    return f"/assets/{name}?v={_fingerprint(name)}"


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]


def script_literal(value: object) -> str:
    """Return ``value`` as a JavaScript literal that cannot end a script or begin a template."""
    text = json.dumps(value, allow_nan=False, sort_keys=True)
    for sign in "<>&`$\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.replace("{{", "{ {").replace("}}", "} }").replace("{%", "{ %").replace("{#", "{ #")


def appearance(colours: design.Palette) -> Mapping[str, object]:
    """Return what the frame needs to look like the page: variables, marks and the words for them."""
    return {
        "theme": hashlib.sha256(repr(colours).encode()).hexdigest()[:8],
        "colours": dict(design.variables(colours)),
        "marks": {status.value: {"path": mark.path, "fill": mark.fill} for status, mark in design.STATUS.items()},
        "words": words()["remediations"],
    }


def build_map() -> LiveMap:
    """Return the map with its one layer; a new one each time, because drawing it changes it.

    Raises
    ------
    RuntimeError
        When a part of it would be loaded from anywhere but our own address.
    """
    live_map = LiveMap()
    LiveLayer().add_to(live_map)
    require_own_assets(live_map)
    return live_map


def require_own_assets(element: Element) -> None:
    """Make sure that every script and style sheet of a map comes from our own address."""
    for part in _walk(element):
        for _, link in [*getattr(part, "default_js", []), *getattr(part, "default_css", [])]:
            if not link.startswith("/assets/"):
                raise RuntimeError(f"{type(part).__name__} would load {link} from outside; map it in live_layer.py")


def _walk(element: Element) -> Iterator[Element]:
    yield element
    for child in element._children.values():
        yield from _walk(child)


def draw(
    state: Mapping[str, object],
    *,
    key: str,
    chosen: Callable[[str], None] | None = None,
    placed: Callable[[float, float], None] | None = None,
) -> None:
    """Draw the map with ``state``; call ``chosen`` with a reference when the reader picks a problem.

    A map whose state has ``pick`` asks for a place instead and calls ``placed`` with its longitude and
    latitude in degrees.
    """

    def picked() -> None:
        answer = st.session_state.get(key)
        if not isinstance(answer, dict):
            return
        problem, place = answer.get("problem"), answer.get("place")
        if chosen is not None and isinstance(problem, str):
            chosen(problem)
        elif placed is not None and isinstance(place, list) and len(place) == 2:
            placed(float(place[0]) * STEP_DEGREES, float(place[1]) * STEP_DEGREES)

    group = folium.FeatureGroup(name="state", control=False)
    State(state).add_to(group)
    st_folium(
        build_map(),
        key=key,
        height=HEIGHT_PX,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=group,
        on_change=picked,
    )
