"""The look of charts, from the tokens of the design."""

from typing import Final

import altair as alt

from dashboard.design import SANS, SERIF, Palette

_TYPE_PX: Final = 12


def altair_theme(colours: Palette, type_px: int | None = None) -> alt.theme.ThemeConfig:
    """Return the look of charts: no frame, hairlines, the accent, type as on the page or of ``type_px``."""
    size = type_px or _TYPE_PX
    axis = {
        "labelColor": colours.muted,
        "titleColor": colours.muted,
        "gridColor": colours.hairline,
        "domainColor": colours.edge,
        "tickColor": colours.hairline,
        "labelFontSize": size,
        "titleFontSize": size,
        "titleFontWeight": "normal",
    }
    return alt.theme.ThemeConfig(
        config={
            "background": "transparent",
            "font": SANS.replace("'", ""),
            "view": {"stroke": "transparent"},
            "axis": axis,  # type: ignore[typeddict-item] # built above, so that the four axis colours are named once
            "axisX": {"grid": False},
            "title": {"color": colours.ink, "font": SERIF.replace("'", ""), "fontWeight": 600, "anchor": "start"},
            "legend": {"labelColor": colours.ink, "titleColor": colours.muted, "labelFontSize": size},
            "bar": {"color": colours.accent},
            "line": {"color": colours.accent, "strokeWidth": 2},
            "area": {"color": colours.accent, "opacity": 0.18},
            "rule": {"color": colours.ink},
            "text": {"color": colours.ink},
            "range": {"ramp": list(colours.density)},
        }
    )
