"""How a long job tells how far it is, and learns that it should stop."""

from collections.abc import Callable

#: Called with a sentence about what is being done and the share done so far (0 to 1). It raises
#: :class:`problems.errors.Cancelled` when the person who started the job wants it to stop.
Progress = Callable[[str, float], None]


def silent(_message: str, _share: float) -> None:
    """Take note of nothing and never stop: for jobs that nobody watches."""
