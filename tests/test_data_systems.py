"""A coordinate system is known by its code or its description; no text of a file opens another file."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pyproj import CRS
from pyproj.enums import WktVersion
from pyproj.exceptions import CRSError

from data.reading.geometry import is_known, to_degrees
from data.reading.systems import system_of

ROOT = Path(__file__).resolve().parent.parent
GRID = CRS.from_epsg(27700)
#: Asks what is known, and prints every file under the folder that was opened meanwhile.
OPENED = """
import sys
from data.reading.geometry import is_known
is_known("EPSG:27700")
sys.addaudithook(lambda event, told: event == "open" and sys.argv[1] in str(told[0]) and print("opened", told[0]))
print(is_known(sys.argv[2]))
"""


@pytest.mark.parametrize(
    "text",
    [
        "EPSG:27700",
        "epsg::27700",
        "urn:ogc:def:crs:EPSG::27700",
        "urn:ogc:def:crs:EPSG:6.18:27700",
        "http://www.opengis.net/def/crs/EPSG/0/27700",
        GRID.to_wkt(),
        GRID.to_wkt(WktVersion.WKT1_GDAL),
        GRID.to_wkt(WktVersion.WKT1_ESRI),
        GRID.to_json(),
    ],
)
def test_a_system_is_known_by_its_code_and_by_its_description(text: str) -> None:
    assert system_of(text).to_epsg() == 27700 or system_of(text).name.replace("_", " ").startswith("British National")
    assert is_known(text)


@pytest.mark.parametrize("text", ["CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84", "OGC:CRS84", "EPSG:4326"])
def test_degrees_need_no_turning(text: str) -> None:
    assert is_known(text)
    assert to_degrees(text) is None


def test_the_web_map_in_its_old_description_is_known() -> None:
    text = CRS.from_epsg(3857).to_wkt(WktVersion.WKT1_GDAL)
    assert "@null" in text
    assert is_known(text)


def _hostile(path: str) -> list[str]:
    bound = {
        "type": "BoundCRS",
        "source_crs": json.loads(GRID.to_json()),
        "target_crs": json.loads(CRS.from_epsg(4326).to_json()),
        "transformation": {
            "name": "x",
            "method": {"name": "NTv2"},
            "parameters": [{"name": "Latitude and longitude difference file", "value": path}],
        },
    }
    return [
        f"+init={path}:1",
        f"init={path}:1",
        f"+proj=utm +zone=33 +nadgrids={path}",
        f"proj=pipeline step proj=utm zone=33 step inv proj=hgridshift grids={path}",
        path,
        f"{path}:1",
        "British National Grid",
        f'GEOGCS["a",DATUM["a",SPHEROID["a",6378137,298],EXTENSION["PROJ4_GRIDS","{path}"]],UNIT["degree",0.0174]]',
        GRID.to_wkt(WktVersion.WKT1_GDAL)[:-1] + f',EXTENSION["PROJ4","+proj=utm +zone=3 +nadgrids={path}"]]',
        json.dumps(bound),
        "{" + '"a":{' * 5_000,
        "{}",
        "",
    ]


@pytest.mark.parametrize("place", range(len(_hostile(""))))
def test_a_text_that_names_a_file_is_no_system(tmp_path: Path, place: int) -> None:
    planted = tmp_path / "grid"
    planted.write_text("<1> +proj=utm +zone=33 <>\n", encoding="utf-8")
    text = _hostile(str(planted))[place]
    with pytest.raises(CRSError):
        system_of(text)
    assert not is_known(text)


def test_no_file_is_opened(tmp_path: Path) -> None:
    planted = tmp_path / "grid"
    planted.write_text("<1> +proj=utm +zone=33 <>\n", encoding="utf-8")
    before = (planted.stat().st_atime_ns, planted.stat().st_mtime_ns)
    for text in _hostile(str(planted))[:6]:
        done = subprocess.run(
            [sys.executable, "-c", OPENED, str(tmp_path), text], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == ["False"]
    assert (planted.stat().st_atime_ns, planted.stat().st_mtime_ns) == before
