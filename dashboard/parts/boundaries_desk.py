"""Boundaries: the layers that there are, and the way to another one: look at it, count, then keep."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard import jobs
from dashboard.design import plain_label
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, joined, key_figures, link, section, table
from dashboard.parts.notices import refusal, remark
from dashboard.parts.upload import Upload, keep
from dashboard.wording import NOTHING, count
from data.boundaries import BoundaryFile, Layer, boundaries_of, look_at, remarks
from problems.areas import AreaKind
from problems.errors import ProblemError
from problems.progress import Progress
from problems.use_cases.areas import MAY_IMPORT_AREAS, AreasImported, import_areas

AREAS_JOB: Final = "boundaries"
_COUNT_JOB: Final = "fx_boundaries_count"
_LAYER: Final = "fx_boundaries_layer"
_FIRST: Final = 8
_KINDS: Final = (AreaKind.WARD, AreaKind.BEAT, AreaKind.NEIGHBOURHOOD)


@dataclass(frozen=True)
class _Plan:
    """What is going to be kept; ``key`` is equal only for the same file read in the same way."""

    upload: Upload
    read: BoundaryFile

    @property
    def key(self) -> str:
        return f"{self.upload.upload_id} {self.read.kind} {self.read.name_column}"


def show_boundaries(desk: Desk) -> None:
    """Draw the layers, and for those who may the form for another one."""
    section("Boundaries", "in which reports are counted")
    _show_layers(desk)
    if not desk.principal.has(*MAY_IMPORT_AREAS):
        return
    done = jobs.watch(AREAS_JOB, done=_done_words)
    if done is None:
        section("Import boundaries")
        _choose_file(desk)


def _show_layers(desk: Desk) -> None:
    areas = desk.store.areas()
    if not areas:
        remark("None yet. Reports on places that are not exact can only be counted by ward, beat or neighbourhood.")
        return
    rows = []
    for kind in _KINDS:
        here = [area for area in areas if area.kind is kind]
        if here:
            counts = desk.store.area_counts(kind)
            inside = sum(one.reports for one in counts if one.area_id is not None)
            outside = sum(one.reports for one in counts if one.area_id is None)
            named = ", ".join(area.name for area in here[:4]) + (" …" if len(here) > 4 else "")
            rows.append((f"{kind.plural.capitalize()}", f"{len(here):,}", f"{inside:,}", f"{outside:,}", named))
    heads = ("Kind", "Areas", "Reports inside", "Outside", "Such as")
    draw(table("Boundaries", heads, rows, numeric=(1, 2, 3), narrow_without=(4,)))
    remark("Next: choose an area on the Map, or in the list of problems. Problems found before have their area too.")
    ways = [link("/", "Choose an area on the Map"), link("/problem", "Look at the problems")]
    draw(element("p", joined(ways, " "), css="fx-ways"))


def _choose_file(desk: Desk) -> None:
    left, right = st.columns([2, 1], vertical_alignment="top", gap="large")
    with left:
        uploaded = st.file_uploader(
            "File with areas (GeoJSON, GeoPackage, or a Shapefile in a zip)", key="boundaries-upload"
        )
    with right:
        kind = st.selectbox("What they are", _KINDS, format_func=lambda each: each.label, key="boundaries-kind")
    upload = keep(uploaded)
    if upload is None:
        remark("They take the place of the boundaries of the same kind, and every report is put into its own.")
        return
    try:
        layer = _look_at(upload)
        column = _name_column(upload, layer)
        if not column:
            remark("Several columns could name the areas. Choose the one that people know them by.")
            return
        read = boundaries_of(layer, kind, column)
    except ProblemError as refused:
        refusal(refused)
        return
    _show_read(read)
    _count_and_keep(desk, _Plan(upload, read))


def _look_at(upload: Upload) -> Layer:
    """Read the file once."""
    seen, layer = st.session_state.get(_LAYER, ("", None))
    if seen != upload.upload_id or not isinstance(layer, Layer):
        with st.spinner("Reading the areas"):
            layer = look_at(upload.path, file_name=upload.name)
        st.session_state[_LAYER] = (upload.upload_id, layer)
    return layer


def _name_column(upload: Upload, layer: Layer) -> str:
    told = {column.name: ", ".join(column.examples[:3]) for column in layer.columns}
    chosen = st.selectbox(
        "Column with the names",
        list(told),
        index=list(told).index(layer.guess) if layer.guess else None,
        format_func=lambda name: plain_label(f"{name} ({told[name]} …)"),
        placeholder="Choose a column",
        key=f"boundaries-names-{upload.upload_id}",
    )
    return chosen or ""


def _show_read(read: BoundaryFile) -> None:
    rows = [(area.name, area.code or NOTHING) for area in read.areas[:_FIRST]]
    draw(table(f"The first of {count(len(read.areas), 'area')}", ("Name", "Official code"), rows))
    more = len(read.areas) - len(rows)
    told = [f"{count(more, 'more area follows', 'more areas follow')}."] if more > 0 else []
    for sentence in [*told, *remarks(read)]:
        remark(sentence)


def _count_and_keep(desk: Desk, plan: _Plan) -> None:
    name, key = st.session_state.get(_COUNT_JOB, ("", ""))
    job = jobs.find(name) if key == plan.key else None
    if job is None:
        if st.button("Count what would change", type="primary", key="boundaries-count"):
            name = f"boundaries-count-{plan.upload.upload_id}"
            jobs.dismiss(name)
            jobs.start(name, lambda progress: _import(desk, plan, progress, dry_run=True))
            st.session_state[_COUNT_JOB] = (name, plan.key)
            st.rerun()
        return
    done = job.result
    if not isinstance(done, AreasImported):
        jobs.watch(name, done=_done_words)
        return
    key_figures(
        [
            (done.kind.plural.capitalize(), f"{done.areas:,}", f"in place of {done.removed:,}" if done.removed else ""),
            ("Reports inside", f"{done.inside:,}", f"of {done.placed:,} with a place"),
            ("Reports outside", f"{done.outside:,}", "in none of them"),
            ("Problems", f"{done.renamed:,}", "get another area"),
        ]
    )
    label = f"Import {count(done.areas, done.kind.label.lower())}"
    if st.button(label, type="primary", key="boundaries-keep"):
        jobs.start(AREAS_JOB, lambda progress: _import(desk, plan, progress, dry_run=False))
        st.session_state.pop(_COUNT_JOB, None)
        st.session_state.pop(_LAYER, None)
        st.rerun()


def _import(desk: Desk, plan: _Plan, progress: Progress, *, dry_run: bool) -> AreasImported:
    return import_areas(
        *desk.asking,
        kind=plan.read.kind,
        areas=plan.read.areas,
        file_name=plan.read.file_name,
        dry_run=dry_run,
        progress=progress,
    )


def _done_words(result: object) -> str:
    if not isinstance(result, AreasImported):
        return "The boundaries were imported."
    return (
        f"{result.file_name}: {count(result.areas, result.kind.label.lower())} kept, "
        f"{result.inside:,} of {count(result.placed, 'report')} with a place lie in them. "
        f"{count(result.renamed, 'problem has', 'problems have')} another area now."
    )
