"""The map on which an area is drawn: the live map with our own drawing layer upon it."""

from collections.abc import Callable, Mapping

import folium
import numpy as np
import streamlit as st
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template
from streamlit_folium import st_folium

from dashboard.mapping import live_layer
from dashboard.mapping.features import STEP_DEGREES, rings
from problems.drawing import Drawn

_LABEL = (
    "Map to draw an area: press it corner by corner, or move it with the arrow keys and press Enter for a corner "
    "in its middle; Backspace takes the last one back. Below are ways without the map."
)
_NOTHING: Mapping[str, object] = {"spec": "", "rings": [], "circle": None, "mended": False}


class DrawLayer(JSCSSMixin, Layer):
    """Our own drawing layer: corners, circles, and handles to move them."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = fixpointDrawing({}).addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__(name="draw", overlay=True, control=False)
        self._name = "DrawLayer"
        self.default_js = [("draw_area", live_layer.versioned("draw-area.js"))]
        self.default_css = [("draw_area_css", live_layer.versioned("draw-area.css"))]


def build_map() -> live_layer.LiveMap:
    """Return the map with both layers; a new one each time, because drawing it changes it.

    Raises
    ------
    RuntimeError
        When a part of it would be loaded from anywhere but our own address.
    """
    live_map = live_layer.build_map()
    DrawLayer().add_to(live_map)
    live_layer.require_own_assets(live_map)
    return live_map


def area_state(spec: str, drawn: Drawn | None) -> Mapping[str, object]:
    """Return what the drawing layer is told of the area: its address, its rings, and its circle if it is one."""
    if drawn is None:
        return {**_NOTHING, "spec": spec}
    return {
        "spec": spec,
        "rings": rings(drawn.geometry),
        "circle": _circle(spec),
        "mended": drawn.mended,
    }


def _circle(spec: str) -> list[int] | None:
    kind, *parts = spec.split("_")
    if kind != "circle" or len(parts) != 2:
        return None
    lon, lat = parts[0].split(".")
    return [int(lon), int(lat), int(parts[1])]


def draw(state: Mapping[str, object], area: Mapping[str, object], *, key: str, changed: Callable[[str], None]) -> None:
    """Draw the map with the ``state`` of the live layer and the ``area``; call ``changed`` with a new area's text."""

    def told() -> None:
        answer = st.session_state.get(key)
        spec = answer.get("area") if isinstance(answer, dict) else None
        if isinstance(spec, str):
            changed(spec)

    group = folium.FeatureGroup(name="state", control=False)
    live_layer.State({**state, "draw": True, "label": _LABEL}).add_to(group)
    told_too = {**area, "theme": state["theme"], "colours": state["colours"]}
    live_layer.State(told_too, receiver="fixpointDraw").add_to(group)
    st_folium(
        build_map(),
        key=key,
        height=live_layer.HEIGHT_PX,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=group,
        on_change=told,
    )


def in_steps(lon_lat: tuple[float, float]) -> str:
    """Return a place as the drawing layer writes it: whole steps, longitude first.

    >>> in_steps((-1.2, 52.9))
    '-120000.5290000'
    """
    lon, lat = np.rint(np.array(lon_lat) / STEP_DEGREES).astype(int).tolist()
    return f"{lon}.{lat}"
