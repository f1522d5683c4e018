"""Take a screenshot of every page, in every theme and width, into ``shots/``: ``make shots``."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Page

from dashboard.commands.serving import build_sample_file
from data.settings import SEED
from problems.clock import utc_now
from problems.progress import silent
from tests.browsing import DESK, PHONE, ROOT, Visitor, chromium, serving

PAGES = {
    "map": "/",
    "map-problem": "/?problem=P-0003",
    "problem": "/problem?problem=P-0003",
    "board": "/board",
    "import": "/import",
    "setup": "/setup",
}
#: Name of the theme: the device's colour scheme, and what is added to the address.
THEMES = {"light": ("light", ""), "dark": ("dark", ""), "contrast": ("light", "contrast=true")}
HEIGHTS = {DESK: 1800, PHONE: 2600}


def main() -> int:
    """Serve the sample city from a temporary folder and photograph it; 1 when a page had a fault."""
    out = ROOT / "shots"
    out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fixpoint-shots-") as folder:
        store = Path(folder) / "city.db"
        build_sample_file(store, silent, utc_now, SEED)
        with serving(store, Path(folder) / "server.log") as url, chromium() as browser:
            faults = [fault for name in PAGES for fault in _photograph(Visitor(browser, url), name, out)]
    sys.stdout.write(f"{len(list(out.glob('*.png')))} pictures are in {out.name}/.\n")
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 1 if faults else 0


def _photograph(visitor: Visitor, name: str, out: Path) -> list[str]:
    for theme, (scheme, added) in THEMES.items():
        for width, height in HEIGHTS.items():
            path = PAGES[name]
            joined = f"{path}{'&' if '?' in path else '?'}{added}" if added else path
            page = visitor(joined, width=width, height=height, scheme=scheme)
            _wait_for_map(page)
            page.screenshot(path=out / f"{name}-{theme}-{width}.png")
    return [f"{name}: {fault}" for fault in visitor.finish()]


def _wait_for_map(page: Page) -> None:
    if page.locator(".st-key-fx-map").count():
        page.frame_locator(".st-key-fx-map iframe").locator("#map_div[data-problems][data-kind]").wait_for()


if __name__ == "__main__":
    sys.exit(main())
