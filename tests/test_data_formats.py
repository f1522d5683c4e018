"""Every format gives the same table: names, cells of text, places in degrees, and one row per report."""

import gzip
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from data.reading.blocks import Block
from data.reading.layers import read_layer
from data.reading.tables import Row, open_table
from problems.errors import Cancelled, InputRefused
from tests.files import collection, layer, open_document, packed, parts_of, workbook

#: A point of the Ordnance Survey's own test data (Caister): British National Grid, and longitude and latitude.
CAISTER = (651409.804, 313177.450)
CAISTER_DEGREES = (1.716073973, 52.658007833)
#: Without the grid file of the Survey a place is up to 5 m off, which are these degrees.
NEAR = 1e-4
POINT = {"type": "Point", "coordinates": [-1.5, 53.8]}
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}


def _write(folder: Path, content: bytes, name: str = "reports.bin") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _open(path: Path) -> tuple[str, tuple[str, ...], list[Row], tuple[str, ...]]:
    with open_table(path) as table:
        rows = list(table.rows())
        return table.format_name, table.header, rows, table.notes


def _cells(path: Path) -> list[dict[str, str]]:
    _, header, rows, _ = _open(path)
    assert not any(row.fault for row in rows)
    return [dict(zip(header, row.cells, strict=True)) for row in rows]


def _refusal(path: Path) -> str:
    with pytest.raises(InputRefused) as refusal, open_table(path) as table:
        list(table.rows())
    return str(refusal.value)


# -- JSON --


def test_nested_fields_become_columns_and_a_late_one_is_not_lost(tmp_path: Path) -> None:
    records: list[dict[str, object]] = [{"id": 101005420892, "ok": True, "none": None, "n": 1.50}] * 3000
    records.append({
        "id": "x", "point": POINT,
        "pair": {"latitude": "53.8", "longitude": "-1.5", "human_address": '{"address": "1 Road"}'},
        "location": {"latitude": "1", "street": {"id": 7, "name": "On or near"}}, "tags": ["a", "b"], "empty": {},
    })  # fmt: skip
    cells = _cells(_write(tmp_path, json.dumps(records).encode()))
    assert cells[0] == {**dict.fromkeys(cells[-1], ""), "id": "101005420892", "ok": "true", "n": "1.5"}
    assert cells[-1] == {
        "id": "x", "ok": "", "none": "", "n": "", "point": "POINT (-1.5 53.8)", "pair": "(53.8, -1.5)",
        "pair.address": "1 Road", "location.latitude": "1", "location.street.id": "7",
        "location.street.name": "On or near", "tags": '["a","b"]', "empty": "",
    }  # fmt: skip


@pytest.mark.parametrize("wrap", ["data", "results", "requests", "response.results"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_wrapped_list_of_records_is_found_in_any_encoding(tmp_path: Path, wrap: str, encoding: str) -> None:
    told: object = [{"id": "1", "text": "Straße"}, {"id": "2", "text": "é"}]
    for name in reversed(wrap.split(".")):
        told = {"meta": {"columns": [{"name": "id"}]}, "count": 2, name: told}
    content = json.dumps(told, ensure_ascii=False, indent=1).encode(encoding)
    for path in (_write(tmp_path, content, "a.json"), _write(tmp_path, gzip.compress(content), "a.json.gz")):
        assert [(row["id"], row["text"]) for row in _cells(path)] == [("1", "Straße"), ("2", "é")]


def test_a_broken_line_of_json_lines_costs_one_record(tmp_path: Path) -> None:
    lines = [b'{"id": 1, "a": 1.10}', b"", b'{"id": 2, broken', b'["not a record"]', b'{"id": 3, "late": "x"}']
    name, header, rows, _ = _open(_write(tmp_path, b"\r\n".join(lines)))
    assert (name, header) == ("JSON lines", ("id", "a", "late"))
    assert [(row.line, list(row.cells)) for row in rows if not row.fault] == [
        (1, ["1", "1.10", ""]),
        (5, ["3", "", "x"]),
    ]
    assert [(row.line, row.fault) for row in rows if row.fault] == [
        (3, "The line is no valid JSON."),
        (4, "It is not a record with named fields."),
    ]


def test_a_record_that_is_none_is_a_fault_at_its_place(tmp_path: Path) -> None:
    _, _, rows, _ = _open(_write(tmp_path, b'[{"a": 1, "b": 2}, 5, {"a": 3}]'))
    assert [(row.line, bool(row.fault)) for row in rows] == [(1, False), (2, True), (3, False)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'[{"service_code": "1", "service_name": "a", "group": "b"}]', "list of services"),
        (b'{"service_code": "1", "attributes": [{"variable": true, "code": "c", "datatype": "text"}]}', "definition"),
        (b'{"type": "object", "properties": {"a": {"anyOf": [{"type": "string"}]}}}', "JSON schema"),
        (b'{"error": {"message": "no such layer"}}', "no list of records"),
        (b'[["a", "b"], [1, 2]]', "list of lists"),
        (b"[]", "no list of records"),
        (b'{"type": "FeatureCollection", "features": []}', "no list of records"),
    ],
)
def test_json_without_reports_is_refused_in_words(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in _refusal(_write(tmp_path, content))


# -- Open311 --


REQUEST = "<request><service_request_id>{}</service_request_id><lat>53.8</lat><long xsi:nil='true'/></request>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_open311_requests_are_read_from_xml(tmp_path: Path, encoding: str) -> None:
    head = f"<?xml version='1.0' encoding='{encoding}'?>"
    space = "<service_requests xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"
    text = head + space + REQUEST.format("é1") + REQUEST.format(" 2 ") + "</service_requests>"
    name, header, rows, _ = _open(_write(tmp_path, text.encode(encoding)))
    assert (name, header) == ("Open311 XML", ("service_request_id", "lat", "long"))
    assert [(row.line, list(row.cells)) for row in rows] == [(1, ["é1", "53.8", ""]), (2, ["2", "53.8", ""])]


def test_one_request_alone_is_read(tmp_path: Path) -> None:
    one = {"service_request_id": "7", "status": "open", "lat": 1.5}
    for content in (json.dumps(one), json.dumps([one]), json.dumps({"service_requests": [one]})):
        assert [row["lat"] for row in _cells(_write(tmp_path, content.encode()))] == ["1.5"]
    xml = "<service_requests><request><service_request_id>7</service_request_id></request></service_requests>"
    assert _cells(_write(tmp_path, xml.encode())) == [{"service_request_id": "7"}]


def test_records_of_other_xml_are_found_one_level_deeper_too(tmp_path: Path) -> None:
    deep = "<response><row><row id='1'><a>1</a><b><c>2</c></b></row><row><a>3</a></row></row></response>"
    assert _cells(_write(tmp_path, deep.encode())) == [{"a": "1", "b.c": "2"}, {"a": "3", "b.c": ""}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<services><service><service_code>1</service_code></service></services>", "list of services"),
        ("<service_definition><attributes/></service_definition>", "definition"),
        ("<errors><error><code>404</code></error></errors>", "error message"),
        ("<kml><Document/></kml>", "KML"),
        ("<service_requests></service_requests>", "no list of records"),
        ("<service_requests><request><a>1</a>", "cut off"),
        ("<service_requests><request>\n<a>1</b></request></service_requests>", "breaks in line 2"),
        ("<!DOCTYPE html><p>Not found", "web page"),
    ],
)
def test_xml_without_reports_is_refused_in_words(tmp_path: Path, content: str, said: str) -> None:
    assert said in _refusal(_write(tmp_path, content.encode()))


# -- workbooks --


def test_a_table_below_titles_is_found_and_its_cells_are_told_as_people_wrote_them(tmp_path: Path) -> None:
    sheets = {
        "Cover": {1: ["Council"]},
        "Reports": {
            3: ["Reports of 2024"],
            4: ["Exported", "today"],
            6: ["Id", "Opened", "Text", "Lat", "Open?"],
            7: [101005420892, (45292.437488425924,), "a & b", -0.25, True],
            9: ["007", (45293.0,), "é", 51.5, None, "beside"],
        },
        "Codes": {1: ["code", "name"], 2: ["1", "x"]},
        "Old": {1: ["a", "b", "c"], **{row: ["1", "2", "3"] for row in range(2, 30)}},
    }
    name, header, rows, notes = _open(_write(tmp_path, workbook(sheets, hidden=["Old"])))
    assert name == "Excel workbook, sheet “Reports”"
    assert header == ("Id", "Opened", "Text", "Lat", "Open?", "column 6")
    assert [(row.line, list(row.cells)) for row in rows] == [
        (7, ["101005420892", "2024-01-01T10:29:59", "a & b", "-0.25", "true", ""]),
        (9, ["007", "2024-01-02", "é", "51.5", "", "beside"]),
    ]
    assert "row 6" in notes[0]
    assert "“Codes” (1 rows)" in notes[1]
    assert "Old" not in notes[1]


def test_a_workbook_without_a_table_is_refused(tmp_path: Path) -> None:
    assert "No sheet" in _refusal(_write(tmp_path, workbook({"A": {1: ["Council"]}, "B": {}})))
    assert "office program" in _refusal(
        _write(tmp_path, packed({"[Content_Types].xml": b"<a/>", "word/a.xml": b"<a/>"}))
    )


def test_an_opendocument_workbook_is_read(tmp_path: Path) -> None:
    name, header, [row], _ = _open(_write(tmp_path, open_document("A", [("id", "b"), ("007", "é")])))
    assert (name, header, list(row.cells)) == ("OpenDocument workbook, sheet “A”", ("id", "b"), ["007", "é"])


# -- places --


def test_features_get_degrees_and_what_is_no_point_is_said(tmp_path: Path) -> None:
    content = collection(({"id": 1}, POINT), ({"id": 2}, SQUARE), ({"id": 3}, None), ({"late": "x"}, POINT))
    name, header, rows, notes = _open(_write(tmp_path, content))
    assert (name, header) == ("GeoJSON", ("id", "late", "longitude", "latitude"))
    assert [list(row.cells) for row in rows] == [
        ["1", "", "-1.5000000", "53.8000000"],
        ["2", "", "1.0000000", "1.0000000"],
        ["3", "", "", ""],
        ["", "x", "-1.5000000", "53.8000000"],
    ]
    assert notes == ("1 record has a line or an area instead of a point: a point on it was taken as its place.",)


def test_properties_called_like_the_place_stay_apart(tmp_path: Path) -> None:
    cells = _cells(_write(tmp_path, collection(({"Latitude": "1"}, POINT))))
    assert cells == [{"Latitude": "1", "geometry longitude": "-1.5000000", "geometry latitude": "53.8000000"}]


@pytest.mark.parametrize("behind", [False, True])
def test_an_old_coordinate_system_of_geojson_is_followed(tmp_path: Path, *, behind: bool) -> None:
    grid = {"type": "Point", "coordinates": CAISTER}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    content = collection(({"id": 1}, grid), crs=crs)
    if behind:
        told = json.loads(content)
        content = json.dumps({"type": told["type"], "features": told["features"], "crs": crs}).encode()
    [cells] = _cells(_write(tmp_path, content))
    assert (float(cells["longitude"]), float(cells["latitude"])) == pytest.approx(CAISTER_DEGREES, abs=NEAR)


def test_features_far_outside_of_degrees_are_given_as_they_stand(tmp_path: Path) -> None:
    grid = {"type": "Point", "coordinates": [430000, 433500]}
    _, header, [row], notes = _open(_write(tmp_path, collection(({"id": 1}, grid))))
    assert header == ("id", "x", "y")
    assert list(row.cells) == ["1", "430000.0000000", "433500.0000000"]
    assert "which coordinate system" in notes[0]


@pytest.mark.parametrize("name", ["town.gpkg", "town.shp"])
def test_layers_are_read_in_degrees_with_dates_as_text(tmp_path: Path, name: str) -> None:
    cells = {
        "text": ["Straße", "b", "c"],
        "number": [101005420892, 2, 3],
        "day": pa.array([19000, None, 1], pa.date32()),
    }
    shapes = [shapely.Point(CAISTER), shapely.Point(430000.5, 433500), None]
    path = layer(tmp_path / name, cells, shapes, "EPSG:27700")
    if path.suffix == ".shp":
        path = _write(
            tmp_path, packed({**parts_of(path), "README.txt": b"read me", "town.shp.xml": b"<a/>"}), "town.zip"
        )
    found, header, rows, notes = _open(path)
    assert found in {"GeoPackage, layer “town”", "Shapefile"}
    assert (header, notes) == (("text", "number", "day", "longitude", "latitude"), ())
    assert list(rows[0].cells)[:3] == ["Straße", "101005420892", "2022-01-08"]
    assert tuple(map(float, rows[0].cells[3:])) == pytest.approx(CAISTER_DEGREES, abs=NEAR)
    assert list(rows[2].cells) == ["c", "3", "1970-01-02", "", ""]


def test_a_shapefile_without_its_system_gives_the_numbers_and_asks(tmp_path: Path) -> None:
    path = layer(tmp_path / "town.shp", {"a": ["1"]}, [shapely.Point(430000, 433500)], "EPSG:27700")
    whole = _write(tmp_path, packed(parts_of(path, without=[".prj"])), "town.zip")
    _, header, [row], notes = _open(whole)
    assert (header, list(row.cells)) == (("a", "x", "y"), ["1", "430000.0000000", "433500.0000000"])
    assert "which coordinate system" in notes[0]
    assert "no .dbf" in _refusal(_write(tmp_path, packed(parts_of(path, without=[".dbf"])), "part.zip"))
    assert "Zip it together with its .dbf, .shx and .prj" in _refusal(path)
    assert "Zip a Shapefile" in _refusal(path.with_suffix(".dbf"))


def test_several_layers_are_listed_and_styles_are_none(tmp_path: Path) -> None:
    path = layer(tmp_path / "town.gpkg", {"a": ["1"]}, [shapely.Point(0, 1)], "EPSG:4326")
    layer(path, {"b": ["1"]}, [shapely.Point(0, 1)], "EPSG:4326")
    assert "“town”, “town_more”" in _refusal(path)


def test_parquet_gives_text_of_every_kind(tmp_path: Path) -> None:
    table = pa.table({
        "id": pa.array([101005420892.0, None]),
        "when": pa.array([1_704_105_000_000, None], pa.timestamp("ms")),
        "kind": pa.array(["a", "b"]).dictionary_encode(),
        "place": [{"lat": 1.5, "lon": -2}, {"lat": None, "lon": 0}],
        "many": [["x"], None],
        "ok": [True, None],
    })  # fmt: skip
    pq.write_table(table, tmp_path / "a.parquet")
    assert _cells(tmp_path / "a.parquet") == [
        {"id": "101005420892", "when": "2024-01-01T10:30:00", "kind": "a", "place.lat": "1.5", "place.lon": "-2",
         "many": '["x"]', "ok": "true"},
        {"id": "", "when": "", "kind": "b", "place.lat": "", "place.lon": "0", "many": "", "ok": ""},
    ]  # fmt: skip


def test_places_of_geoparquet_are_read(tmp_path: Path) -> None:
    geo = {"primary_column": "shape", "columns": {"shape": {"encoding": "WKB", "geometry_types": ["Polygon"]}}}
    table = pa.table({"a": ["1"], "shape": [shapely.to_wkb(shapely.box(0, 0, 2, 2))]})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), tmp_path / "a.parquet")
    name, header, [row], notes = _open(tmp_path / "a.parquet")
    assert (name, header) == ("GeoParquet", ("a", "longitude", "latitude"))
    assert list(row.cells) == ["1", "1.0000000", "1.0000000"]
    assert "line or an area" in notes[0]


# -- zip files --


@pytest.mark.parametrize("name", ["reports.csv", "reports.JSON", "odd name"])
def test_the_one_table_in_a_zip_is_read(tmp_path: Path, name: str) -> None:
    content = b'[{"id": 1, "b": 2}]' if name.endswith("JSON") else "id,b\n1,2\n".encode("utf-16")
    members = {name: content, "__MACOSX/._a.csv": b"\0"}
    if name != "odd name":
        members |= {"README.txt": b"read me, please\n", "folder/": b""}
    assert _cells(_write(tmp_path, packed(members))) == [{"id": "1", "b": "2"}]


def test_a_workbook_or_geopackage_in_a_zip_is_read(tmp_path: Path) -> None:
    inside = workbook({"A": {1: ["id", "b"], 2: [1, 2]}})
    assert _cells(_write(tmp_path, packed({"a.xlsx": inside}))) == [{"id": "1", "b": "2"}]
    path = layer(tmp_path / "town.gpkg", {"a": ["1"]}, [shapely.Point(0, 1)], "EPSG:4326")
    assert _cells(_write(tmp_path, packed({"t.gpkg": path.read_bytes()})))[0]["latitude"] == "1.0000000"


def test_several_tables_in_a_zip_are_listed(tmp_path: Path) -> None:
    told = _refusal(_write(tmp_path, packed({"b.csv": b"a,b\n1,2\n", "deep/a.json": b"[]"})))
    assert "2 files that may be tables: “b.csv”, “a.json”" in told


# -- blocks --


def test_blocks_hold_what_rows_hold_in_order(tmp_path: Path) -> None:
    records = [{"id": n, "text": "é" * (n % 7)} if n % 1000 else n for n in range(1, 30_001)]
    path = _write(tmp_path, json.dumps(records).encode())
    csv_path = _write(
        tmp_path, b"id,text\n" + b"".join(b"%d,%s\n" % (n, b"," * (n % 100 == 0)) for n in range(1, 5000)), "a.csv"
    )
    for whole, most in ((path, 20_000), (path, 700), (csv_path, 1000)):
        with open_table(whole) as table:
            rows = list(table.rows())
        with open_table(whole) as table:
            blocks = list(table.blocks(most))
        assert [row for block in blocks for row in _rows(block)] == [
            (row.line, list(row.cells), row.fault) for row in rows
        ]
        assert all(len(block.lines) + len(block.faults) <= most for block in blocks)
        assert all(column.type == pa.string() and not column.null_count for block in blocks for column in block.columns)
        assert all(block.lines.dtype == np.int64 for block in blocks)


def _rows(block: Block) -> list[tuple[int, list[str], str]]:
    return [(row.line, list(row.cells), row.fault) for row in block.rows()]


def test_opening_stops_when_asked(tmp_path: Path) -> None:
    calls = []

    def stop(message: str, _share: float) -> None:
        calls.append(message)
        if "columns" in message:
            raise Cancelled

    path = _write(tmp_path, json.dumps([{"a": n} for n in range(50_000)]).encode())
    with pytest.raises(Cancelled), open_table(path, progress=stop):
        pass
    assert calls[-1] == "Looking for the columns"


# -- layers of areas --


def test_areas_come_in_degrees_from_every_kind_of_layer(tmp_path: Path) -> None:
    x, y = CAISTER
    squares = [shapely.box(x, y, x + 1000, y + 1000), shapely.Point(0, 0), None]
    for name, some in (("wards.gpkg", squares), ("wards.shp", squares[:1])):
        path = layer(tmp_path / name, {"code": ["E1", "E2", "E3"][: len(some)]}, some, "EPSG:27700")
        if path.suffix == ".shp":
            path = _write(tmp_path, packed(parts_of(path)), "wards.zip")
        [(properties, geometry)] = read_layer(path)
        assert properties == {"code": "E1"}
        assert geometry["type"] == "Polygon"
        shape = shapely.from_geojson(json.dumps(geometry))
        assert shape.distance(shapely.Point(CAISTER_DEGREES)) < NEAR
        # A kilometre squared, at 52.66 N, in degrees squared.
        assert shape.area == pytest.approx(1000**2 / (111_320 * 0.6066 * 111_270), rel=0.01)
    [(properties, geometry)] = read_layer(
        _write(tmp_path, collection(({"n": 1}, SQUARE), ({"n": 2}, POINT)), "a.geojson")
    )
    assert (properties, geometry["coordinates"][0][1]) == ({"n": "1"}, [2.0, 0.0])


def test_a_layer_without_areas_is_refused(tmp_path: Path) -> None:
    for content, said in (
        (collection(({"n": 1}, POINT)), "no areas"),
        (b"a,b\n1,2\n", "no layer of areas"),
        (b'[{"a": 1}]', "not GeoJSON"),
    ):
        with pytest.raises(InputRefused, match=said):
            read_layer(_write(tmp_path, content))


# -- real files --


@pytest.mark.parametrize(
    ("name", "kind", "rows", "columns"),
    [
        ("nyc311/soda_2012_1000.json.gz", "JSON", 1000, 45),
        ("nyc311/nyc_community_districts.geojson", "GeoJSON", 71, 5),
        ("open311/fgregg__san_francisco_requests.xml", "Open311 XML", 56, 16),
        ("open311/bensheldon__requests_many.xml", "Open311 XML", 2, 17),
        ("open311/fgregg__bloomington_requests.json", "Open311 JSON", 21, 14),
        ("uk_asb_2022/lancashire_wards.gpkg", "GeoPackage, layer “lancashire_wards”", 271, 4),
        ("uk_asb_2022/lancashire_districts.geojson", "GeoJSON", 14, 4),
        ("boston311_2015/boston_neighborhoods.geojson", "GeoJSON", 26, 6),
        ("boston311_2015/boston311_2015_neighbourhood_types.csv.gz", "CSV, comma", 27_405, 33),
        ("camden_police_api_2019/UNTOUCHED_Police_API_Sample_July_2019.csv", "CSV, comma", 4_075, 20),
    ],
)
def test_real_files_of_every_format_open(shared: Path, name: str, kind: str, rows: int, columns: int) -> None:
    found, header, read, _ = _open(shared / "realdata" / name)
    assert (found, len(header), len(read)) == (kind, columns, rows)
    assert not any(row.fault for row in read)


def test_what_real_feeds_publish_besides_requests_is_refused(shared: Path) -> None:
    folder = shared / "realdata" / "open311"
    assert "list of services" in _refusal(folder / "bensheldon__service_list.json")
    for name in ("service", "request", "service-definition"):
        assert "JSON schema" in _refusal(folder / f"open311__{name}.json")


def test_a_real_shapefile_in_feet_lies_where_it_should(tmp_path: Path, shared: Path) -> None:
    shape = shared / "realdata" / "geodanet" / "crimes.shp"
    cells = _cells(_write(tmp_path, packed(parts_of(shape))))
    assert len(cells) == 287
    # Mesa, Arizona.
    assert all(-111.9 < float(row["longitude"]) < -111.7 and 33.3 < float(row["latitude"]) < 33.5 for row in cells)
