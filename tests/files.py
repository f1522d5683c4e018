"""Files of many formats, written by the tests that read them."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pyarrow as pa
import shapely
from pyogrio.raw import write_arrow

_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"

_OPEN_DOCUMENT = ("office", "table", "text")

#: A number that a workbook shows as a moment: its days since 1899-12-30.
Moment = tuple[float]
Cell = str | float | bool | Moment | None
Sheets = Mapping[str, Mapping[int, Sequence[Cell]]]


def workbook(sheets: Sheets, hidden: Sequence[str] = ()) -> bytes:
    """Return an .xlsx with ``sheets``: name -> row number -> cells."""
    listed = related = ""
    for place, name in enumerate(sheets, start=1):
        state = ' state="hidden"' if name in hidden else ""
        listed += f'<sheet name="{escape(name)}" sheetId="{place}" r:id="rId{place}"{state}/>'
        related += _relation(f"rId{place}", "worksheet", f"worksheets/sheet{place}.xml")
    related += _relation("rIdStyles", "styles", "styles.xml")
    main = _relation("rId1", "officeDocument", "xl/workbook.xml")
    space = f'xmlns="{_SPREADSHEET}" xmlns:r="{_RELATIONS}"'
    formats = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs>'
    types = '<Default Extension="xml" ContentType="application/xml"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{main}</Relationships>',
        "xl/workbook.xml": f"<workbook {space}><sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{related}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_SPREADSHEET}">{formats}</styleSheet>',
    }
    for place, rows in enumerate(sheets.values(), start=1):
        parts[f"xl/worksheets/sheet{place}.xml"] = _sheet(rows)
    return packed({name: ('<?xml version="1.0" encoding="UTF-8"?>' + text).encode() for name, text in parts.items()})


def _relation(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'


def _sheet(rows: Mapping[int, Sequence[Cell]]) -> str:
    told = "".join(
        f'<row r="{row}">{"".join(_cell(f"{chr(65 + place)}{row}", cell) for place, cell in enumerate(cells))}</row>'
        for row, cells in rows.items()
    )
    return f'<worksheet xmlns="{_SPREADSHEET}"><sheetData>{told}</sheetData></worksheet>'


def _cell(place: str, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, tuple):
        return f'<c r="{place}" s="1"><v>{cell[0]!r}</v></c>'
    return f'<c r="{place}"><v>{cell!r}</v></c>'


def open_document(sheet: str, rows: Sequence[Sequence[str]]) -> bytes:
    """Return an .ods with one sheet of text."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'.format
    told = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in _OPEN_DOCUMENT)
    table = f'<table:table table:name="{sheet}">{told}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    content = f"<office:document-content {spaces}>{body}</office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
    space = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    listed = f"<manifest:manifest {space}>{entry}</manifest:manifest>"
    parts = {"mimetype": kind, "META-INF/manifest.xml": listed, "content.xml": content}
    return packed({name: text.encode() for name, text in parts.items()})


def packed(members: Mapping[str, bytes]) -> bytes:
    """Return a zip with ``members``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def layer(
    path: Path, cells: Mapping[str, Sequence[object]], shapes: Sequence[shapely.Geometry | None], system: str | None
) -> Path:
    """Write a layer: a GeoPackage (a further layer where it is there), or a Shapefile with its parts."""
    geometry = pa.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], pa.binary())
    kinds = {shape.geom_type for shape in shapes if shape is not None}
    write_arrow(
        pa.table({**cells, "geom": geometry}),
        path,
        driver="GPKG" if path.suffix == ".gpkg" else "ESRI Shapefile",
        layer=path.stem if not path.exists() else f"{path.stem}_more",
        append=path.exists(),
        geometry_name="geom",
        geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
        crs=system,
    )
    return path


def parts_of(shape: Path, *, without: Sequence[str] = ()) -> dict[str, bytes]:
    """Return the parts of a Shapefile by their names."""
    beside = sorted(shape.parent.glob(f"{shape.stem}.*"))
    return {part.name: part.read_bytes() for part in beside if part.suffix not in {*without, ".zip", ".gpkg"}}


def collection(*features: tuple[Mapping[str, object], Mapping[str, object] | None], **more: object) -> bytes:
    """Return a GeoJSON file of (properties, geometry)."""
    told = [{"type": "Feature", "properties": cells, "geometry": geometry} for cells, geometry in features]
    return json.dumps({"type": "FeatureCollection", **more, "features": told}).encode()
