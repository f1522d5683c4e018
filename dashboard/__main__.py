"""Start the command line: ``python -m dashboard …`` or, from any folder, ``python path/to/dashboard …``."""

import signal
import sys
from pathlib import Path
from types import FrameType

_HERE = Path(__file__).resolve().parent
# Started as a folder, Python puts dashboard/ itself on the path, where its modules would hide others.
sys.path[:] = [str(_HERE.parent), *(entry for entry in sys.path if Path(entry or ".").resolve() != _HERE)]

from dashboard.commands.main import main  # noqa: E402 - the path comes first


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does: nothing half-done is kept, and what was put aside is removed."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(main(sys.argv[1:]))
