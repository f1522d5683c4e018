"""Take a screenshot of every page, in every theme and width, into ``shots/``: ``make shots``."""

import sys
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dashboard.commands.serving import build_sample_file
from data.settings import SEED
from data.stores import open_store
from problems.clock import utc_now
from problems.progress import silent
from tests.browsing import DESK, PHONE, ROOT, WALL, Visitor, chromium, maps_drawn, serving

#: Name of the picture: its address; ``{ref}`` is the open problem with the most work on it, ``{past}`` a day long ago.
PAGES = {
    "map": "/",
    "map-problem": "/?problem={ref}",
    "problems": "/problem",
    "problem": "/problem?problem={ref}",
    "problem-assess": "/problem?problem={ref}&tab=assess",
    "organisation": "/organisation",
    "decisions": "/decisions",
    "board": "/board",
    "briefing": "/briefing",
    "briefing-on-the-wall": "/briefing?present=true&slide=2",
    "areas": "/areas",
    "service": "/serving",
    "told": "/told",
    "search": "/search?q=lamp",
    "inbox-past": "/inbox?on={past}",
    "report": "/report",
    "inbox": "/inbox",
    "inbox-told": "/inbox?part=To+be+told",
    "duplicates": "/duplicates",
    "quality": "/quality",
    "import": "/import",
    "setup": "/setup",
}
#: Name of the theme: the device's colour scheme, and what is added to the address.
THEMES = {"light": ("light", ""), "dark": ("dark", ""), "contrast": ("light", "contrast=true")}
HEIGHTS = {DESK: 1800, PHONE: 2600, WALL: 1080}


def main() -> int:
    """Serve the sample city from a temporary folder and photograph it; 1 when a page had a fault."""
    out = ROOT / "shots"
    out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fixpoint-shots-") as folder:
        store = Path(folder) / "city.db"
        build_sample_file(store, silent, utc_now, SEED)
        ref, past = _busiest(store), (utc_now() - timedelta(days=60)).date()
        with serving(store, Path(folder) / "server.log") as url, chromium() as browser:
            faults = [
                fault
                for name, path in PAGES.items()
                for fault in _photograph(Visitor(browser, url), name, path.format(ref=ref, past=past), out)
            ]
    sys.stdout.write(f"{len(list(out.glob('*.png')))} pictures are in {out.name}/.\n")
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 1 if faults else 0


def _busiest(file: Path) -> str:
    """Return the open problem with the most work on it: its page shows the most."""
    store = open_store(str(file))
    try:
        work = Counter(action.problem_id for action in store.actions())
        chosen = max(
            (each for each in store.problems() if each.status.is_open), key=lambda each: (work[each.id], each.id)
        )
        return chosen.ref
    finally:
        store.close()


def _photograph(visitor: Visitor, name: str, path: str, out: Path) -> list[str]:
    for theme, (scheme, added) in THEMES.items():
        for width, height in HEIGHTS.items():
            joined = f"{path}{'&' if '?' in path else '?'}{added}" if added else path
            page = visitor(joined, width=width, height=height, scheme=scheme)
            maps_drawn(page)
            for frame in page.locator(".st-key-fx-locator iframe").all():
                # A small map is drawn before its frame has its height; then the chosen mark is nowhere to press.
                frame.content_frame.locator(".fx-chosen").click(trial=True)
            page.screenshot(path=out / f"{name}-{theme}-{width}.png")
    return [f"{name}: {fault}" for fault in visitor.finish()]


if __name__ == "__main__":
    sys.exit(main())
