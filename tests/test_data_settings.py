"""Settings: what is understood, and that everything else is refused in a clear sentence."""

from dataclasses import fields
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from data.feeds.servers import Feeds, FeedServer
from data.settings import _DETECTION_LIMITS, DEFAULT_STORE, BaseMap, read_settings
from problems.errors import InputRefused
from problems.hot_spots import DetectionSettings
from problems.priority import PriorityWeights
from problems.trends import TrendWord


def written(folder: Path, text: str) -> dict[str, str]:
    path = folder / "fixpoint.toml"
    path.write_text(text, encoding="utf-8")
    return {"FIXPOINT_SETTINGS": str(path)}


def test_an_empty_environment_means_the_defaults() -> None:
    settings = read_settings({})
    assert settings.store_url == DEFAULT_STORE
    assert settings.store_url.startswith("sqlite:////")
    assert settings.store_url.endswith("/var/fixpoint.db")
    assert settings.zone == ZoneInfo("Europe/London")
    assert settings.detection == DetectionSettings()
    assert settings.base_map is None
    assert settings.host == "127.0.0.1"


def test_an_empty_variable_is_as_good_as_none() -> None:
    empty = {"FIXPOINT_STORE": "", "FIXPOINT_ZONE": " ", "FIXPOINT_SETTINGS": ""}
    assert read_settings(empty) == read_settings({})


def test_the_default_store_is_in_the_checkout_whatever_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert str(tmp_path) not in read_settings({}).store_url


def test_variables_are_taken_over() -> None:
    settings = read_settings({"FIXPOINT_STORE": "postgresql://a@b/c", "FIXPOINT_ZONE": "America/New_York"})
    assert settings.store_url == "postgresql://a@b/c"
    assert settings.zone == ZoneInfo("America/New_York")


def test_a_full_file_is_taken_over(tmp_path: Path) -> None:
    settings = read_settings(
        written(
            tmp_path,
            """
            [detection]
            radius_m = 60
            min_incidents = 5
            pile_kept_out_share = 0.02

            [base_map]
            url = "https://tiles.example.org/{z}/{x}/{y}.png"
            attribution = "© the mapmakers"

            [server]
            host = "0.0.0.0"
            port = 8600
            """,
        )
    )
    assert settings.detection == DetectionSettings(radius_m=60.0, min_incidents=5, pile_kept_out_share=0.02)
    assert isinstance(settings.detection.radius_m, float)
    assert settings.base_map == BaseMap("https://tiles.example.org/{z}/{x}/{y}.png", "© the mapmakers")
    assert (settings.host, settings.port) == ("0.0.0.0", 8600)  # noqa: S104 - only read, nothing is bound here


def test_every_detection_setting_has_limits_that_its_default_meets() -> None:
    defaults = DetectionSettings()
    assert set(_DETECTION_LIMITS) == {one.name for one in fields(DetectionSettings)}
    for name, limit in _DETECTION_LIMITS.items():
        assert limit.low <= getattr(defaults, name) <= limit.high, name


@pytest.mark.parametrize(
    "zone", ["London", "Europe/Londn", "../../etc/passwd", "/etc/passwd", "Europe", "\x00", "x" * 300]
)
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(InputRefused, match=r"FIXPOINT_ZONE.*Europe/London"):
        read_settings({"FIXPOINT_ZONE": zone})


@pytest.mark.parametrize(
    ("text", "key", "allowed"),
    [
        ("[detektion]\n", "detektion", "detection, base_map, server, open311"),
        ("detection = 5\n", "detection", r"\[detection\]"),
        ("radius_m = 5\n", "radius_m", "detection, base_map, server"),
        ("[[detection]]\nradius_m = 5\n", "detection", r"\[detection\]"),
        ("[detection]\nradius = 75\n", "detection.radius", "radius_m"),
        ("[detection]\nradius_m = '75'\n", "detection.radius_m", "a number from 5 to 2000"),
        ("[detection]\nradius_m = true\n", "detection.radius_m", "a number from 5"),
        ("[detection]\nradius_m = nan\n", "detection.radius_m", "a number from 5"),
        ("[detection]\nradius_m = -inf\n", "detection.radius_m", "a number from 5"),
        ("[detection]\nradius_m = 0\n", "detection.radius_m", "from 5 to 2000"),
        ("[detection]\nmin_incidents = 8.5\n", "detection.min_incidents", "a whole number from 2"),
        ("[detection]\nmin_incidents = 1\n", "detection.min_incidents", "from 2"),
        ("[detection]\nwindow_days = 0\n", "detection.window_days", "from 1 to 3660"),
        ("[detection]\nwindow_days = 3661\n", "detection.window_days", "from 1 to 3660"),
        ("[detection]\nsame_place_m = 0\n", "detection.same_place_m", "from 0.01 to 50"),
        ("[detection]\npile_kept_out_share = 1.5\n", "detection.pile_kept_out_share", "from 0 to 1"),
        ("[detection]\nradius_m = 300\n", "detection.max_width_m", "600 .*or more"),
        ("[base_map]\nurl = 'http://a.b/{z}/{x}/{y}'\nattribution='a'\n", "base_map.url", "https://"),
        ("[base_map]\nurl = 'https://a.b/{z}/{x}'\nattribution='a'\n", "base_map.url", "{y}"),
        ("[base_map]\nurl = 'https://[a/{z}/{x}/{y}'\nattribution='a'\n", "base_map.url", "https://"),
        ("[base_map]\nurl = 'https:///{z}/{x}/{y}'\nattribution='a'\n", "base_map.url", "https://"),
        ("[base_map]\nurl = 'https://u:p@a.b/{z}/{x}/{y}'\nattribution='a'\n", "base_map.url", "https://"),
        ("[base_map]\nurl = 'https://a.b/{z}/{x}/{y}<b>'\nattribution='a'\n", "base_map.url", "https://"),
        ("[base_map]\nattribution='a'\n", "base_map.url", "https://"),
        ("[base_map]\nurl = 'https://a.b/{z}/{x}/{y}'\n", "base_map.attribution", "named"),
        ("[base_map]\nurl = 'https://a.b/{z}/{x}/{y}'\nattribution = 5\n", "base_map.attribution", "named"),
        ("[server]\nport = 0\n", "server.port", "from 1 to 65535"),
        ("[server]\nport = 70000\n", "server.port", "from 1 to 65535"),
        ("[server]\nhost = 'http://a/'\n", "server.host", "127.0.0.1"),
        ("[server]\nhost = 'a@b'\n", "server.host", "127.0.0.1"),
        ("[server]\nhost = '127.0.0.1#'\n", "server.host", "127.0.0.1"),
        ("[server]\nhost = 5\n", "server.host", "127.0.0.1"),
        ("[server]\naddress = '::1'\n", "server.address", "host, port"),
        ("[open311]\nserver = 'a'\n", "open311.server", "servers, folder"),
        ("[open311]\nservers = 'a'\n", "open311.servers", r"\[\[open311.servers\]\]"),
        ("[open311]\nfolder = 5\n", "open311.folder", "path of a folder"),
    ],
)
def test_what_is_not_understood_is_refused_with_file_key_and_what_is_allowed(
    tmp_path: Path, text: str, key: str, allowed: str
) -> None:
    with pytest.raises(InputRefused, match=allowed) as caught:
        read_settings(written(tmp_path, text))
    assert f"“{key}”" in str(caught.value)
    assert "fixpoint.toml" in str(caught.value)


SERVER = """
[[open311.servers]]
source = "boston"
url = "https://311.example.org/open311/v2/"
"""


def test_open311_servers_are_taken_over(tmp_path: Path) -> None:
    more = """
    jurisdiction_id = "city.example.org"
    api_key_env = "CITY_311_KEY"
    page_size = 50
    window_days = 7
    overlap_days = 14
    format = "xml"
    updated_param = "updated_after"
    zone = "America/New_York"

    [[open311.servers]]
    source = "here"
    url = "http://127.0.0.1:8000"
    allow_local = true
    """
    feeds = read_settings(written(tmp_path, f"[open311]\nfolder = '{tmp_path}'\n{SERVER}{more}")).feeds
    boston = FeedServer(
        "boston",
        "https://311.example.org/open311/v2",
        jurisdiction_id="city.example.org",
        api_key_env="CITY_311_KEY",
        page_size=50,
        window_days=7,
        overlap_days=14,
        format="xml",
        updated_param="updated_after",
        zone="America/New_York",
    )
    assert feeds == Feeds((boston, FeedServer("here", "http://127.0.0.1:8000", allow_local=True)), tmp_path)
    assert read_settings({}).feeds == Feeds()


@pytest.mark.parametrize(
    ("line", "key", "allowed"),
    [
        ("url = 'http://311.example.org'", "url", "is not https"),
        ("url = 'http://127.0.0.1:8000'", "url", "is not https"),
        ("url = 'http://311.example.org'\nallow_local = true", "url", "is not https"),
        ("url = 'ftp://311.example.org'", "url", "is not a web address"),
        ("url = 'https://me:pw@311.example.org'", "url", "holds a name or a password"),
        ("url = 'https://311.example.org/?key=1'", "url", "holds more than a path"),
        ("url = 'https://311.example.org/a/../b'", "url", "unusual signs"),
        ("url = 'https://311.example.org/v2/requests.json'", "url", "names one list"),
        ("url = 'https://311.example.org\\\\@evil.example'", "url", "is not a web address"),
        ("url = 'https://0x7f.1'", "url", "names no server"),
        ("url = 'https://2130706433'", "url", "names no server"),
        ("url = 'https://10.0.0.8/v2'", "url", "names no server"),
        ("url = 'https://[fe80::1%25eth0]'", "url", "names no server"),
        ("url = 'https://a..example.org'", "url", "names no server"),
        ("url = 'https://-a.example.org'", "url", "names no server"),
        ("url = 'https://a;b.example.org'", "url", "names no server"),
        ("url = 'https://311.example.org:99999'", "url", "is not a web address"),
        ("source = '../up'", "source", "is not a name"),
        ("source = ''", "source", "such as boston"),
        ("key = 'abc'", "key", "is not a setting"),
        ("api_key_env = 'k3y-Of-the-city'", "api_key_env", "never the key itself"),
        ("page_size = 0", "page_size", "from 1 to 10000"),
        ("window_days = 91", "window_days", "from 1 to 90"),
        ("format = 'csv'", "format", "json or xml"),
        ("zone = 'Boston'", "zone", "Europe/London"),
        ("updated_param = 'a&b'", "updated_param", "updated_after"),
        ("allow_local = 1", "allow_local", "true or false"),
        ("jurisdiction_id = 5", "jurisdiction_id", "city.example.org"),
    ],
)
def test_a_server_that_is_not_understood_is_refused(tmp_path: Path, line: str, key: str, allowed: str) -> None:
    name = line.partition(" = ")[0]
    kept = "\n".join(one for one in SERVER.splitlines() if not one.startswith(f"{name} ="))
    with pytest.raises(InputRefused, match=allowed) as caught:
        read_settings(written(tmp_path, f"{kept}\n{line}\n"))
    assert f"“open311.servers, number 1.{key}”" in str(caught.value)
    assert "k3y-Of-the-city" not in str(caught.value)
    assert "pw" not in str(caught.value)


def test_two_servers_of_one_source_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="names the source “boston” twice"):
        read_settings(written(tmp_path, SERVER * 2))


def test_a_missing_file_a_folder_and_a_broken_file_are_refused(tmp_path: Path) -> None:
    for name, content in {"absent.toml": None, "broken.toml": b"[detection\n", "latin.toml": b"# \xff\n"}.items():
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(InputRefused, match=name):
            read_settings({"FIXPOINT_SETTINGS": str(path)})
    with pytest.raises(InputRefused, match="FIXPOINT_SETTINGS"):
        read_settings({"FIXPOINT_SETTINGS": str(tmp_path)})


# -- priority --


def test_the_weights_of_the_priority_can_be_set_and_the_others_stay(tmp_path: Path) -> None:
    told = "[priority]\nversion = 2\nhalf_life_days = 60\n"
    told += "[priority.severity]\nASB = 3\nLGT-OUT = 2\n[priority.trend]\nnew = 1.5\n"
    weights = read_settings(written(tmp_path, told)).priority
    plain = PriorityWeights()
    assert (weights.version, weights.half_life_days, weights.overdue_per_day) == (2, 60.0, plain.overdue_per_day)
    assert weights.severity_of("ASB-NUIS") == 3.0
    assert weights.severity_of("LGT-OUT") == 2.0
    assert weights.severity_of("DSP-NEIGH") == plain.severity_of("DSP-NEIGH")
    assert weights.trend == {**plain.trend, TrendWord.NEW: 1.5}


def test_weights_that_are_the_built_in_ones_keep_their_version(tmp_path: Path) -> None:
    assert read_settings(written(tmp_path, "[priority]\nversion = 1\n")).priority.version == 1


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("[priority]\nhalf_life_days = 60\n", "stands for the built-in weights"),
        ("[priority]\nversion = 2\nhalf_life_days = 0\n", "from 1 to 3650"),
        ("[priority]\nweight = 2\n", "is not a setting"),
        ("[priority]\nversion = 2\nseverity = 3\n", r"Write it as \[priority.severity\]"),
        ("[priority]\nversion = 2\n[priority.severity]\nXYZ = 1\n", "neither a category nor a group"),
        ("[priority]\nversion = 2\n[priority.severity]\nASB = -1\n", "from 0 to 100"),
        ("[priority]\nversion = 2\n[priority.severity]\nASB = true\n", "not a number"),
        ("[priority]\nversion = 2\n[priority.trend]\nrising = 1\n", "new, growing, steady, falling, gone, too_few"),
    ],
)
def test_a_weight_that_is_not_understood_is_refused(tmp_path: Path, told: str, why: str) -> None:
    with pytest.raises(InputRefused, match=why):
        read_settings(written(tmp_path, told))
