"""What every test may use, and what a run says about the tests it could not do.

Fixtures of the sample city live in ``tests/sampling.py``, those of the browser in
``tests/browsing.py``. A test that needs a browser bears ``@pytest.mark.browser``.
"""

import functools
import gc
import os
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from streamlit.components.v2 import manifest_scanner

pytest_plugins = ["tests.scenes", "tests.sampling", "tests.browsing", "tests.weeks"]

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").casefold() in {"1", "true", "yes"}
SHARED_ABSENT = "the real files and reference values are not here"
NO_BROWSER = "no Chromium is installed (set CHROMIUM to its path)"

#: Long files without the sample city: they run while the first file of browser tests builds it, and no worker waits.
BESIDE_THE_CITY = (
    "test_data_hostile",
    "test_smoke",
    "test_problems_editors",
    "test_data_hostile_limits",
)
#: Other files that take long for the number of their tests, the longest first.
LONG_FILES = (
    "test_data_open311",
    "test_data_boston_briefing",
    "test_geo_clusters",
    "test_data_importing",
    "test_data_sample",
    "test_geo_piles",
    "test_data_store_writing",
    "test_geo_engine",
    "test_geo_near_repeats",
    "test_data_systems",
    "test_dashboard_commands",
    "test_data_sample_ground",
)

# A shared machine may stall for seconds: a deadline or "too slow" would fail tests that are right.
_CALM = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("dev", max_examples=40, **_CALM)
settings.register_profile("ci", max_examples=60, derandomize=True, print_blob=True, **_CALM)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "dev"))


@pytest.fixture(scope="session", autouse=True)
def _packages_are_looked_through_once() -> Generator[None]:
    """Look for components among the installed packages once, not for each page: it takes longer than most pages."""
    found = functools.cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", found)
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder with real files and reference values, or skip where it is absent."""
    folder = Path(os.environ.get("FIXPOINT_SHARED", str(ROOT.parent / "shared")))
    if not (folder / "golden").is_dir():
        pytest.skip(f"{SHARED_ABSENT}: set FIXPOINT_SHARED to their folder")
    return folder


def _begin_with_the_longest(items: list[pytest.Item]) -> None:
    """Put files with browser tests first, then the other long ones: none may begin when the others are done."""
    tests = Counter(test.path for test in items)
    in_browser = {test.path for test in items if test.get_closest_marker("browser")}
    first = min(in_browser, key=lambda path: (-tests[path], str(path)), default=None)

    def place(test: pytest.Item) -> tuple[int, int, int, str]:
        name = test.path.stem
        stage = 1 if name in BESIDE_THE_CITY else 2 if test.path in in_browser else 3
        order = BESIDE_THE_CITY if stage == 1 else LONG_FILES
        long = order.index(name) if name in order else len(order)
        return 0 if test.path == first else stage, long, -tests[test.path], str(test.path)

    items.sort(key=place)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in order, and skip those of the browser together, with one reason, where none is installed."""
    _begin_with_the_longest(items)
    from tests.browsing import browser_path  # a plug-in must not be imported before pytest loads it

    if browser_path() is None:
        for test in items:
            if test.get_closest_marker("browser"):
                test.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what was loaded: going through it again and again takes a fifth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure: in CI nothing may be missing but the shared folder."""
    if report.skipped and not hasattr(report, "wasxfail") and SHARED_ABSENT not in _reason(report):
        report.outcome = "failed"
        report.longrepr = f"This test must not be skipped in CI. {_reason(report)}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if IN_CI:
        _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if IN_CI:
        _fail_if_skipped(report)
    return report


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say in the very last line when the browser tests did not run."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput"):
        return
    unseen = sum("browser" in report.keywords for report in reporter.stats.get("skipped", []))
    if unseen:
        reporter.write_line(f"NOT TESTED in a browser: {unseen} tests were skipped, because {NO_BROWSER}.")
