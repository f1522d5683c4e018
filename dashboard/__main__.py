"""Start the command line: ``python -m dashboard …`` or, from any folder, ``python path/to/dashboard …``."""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
# Started as a folder, Python puts dashboard/ itself on the path, where its modules would hide others.
sys.path[:] = [str(_HERE.parent), *(entry for entry in sys.path if Path(entry or ".").resolve() != _HERE)]

from dashboard.commands.main import main  # noqa: E402 - the path comes first

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
