"""Every public function of geo shows an example that runs; those that make a claim say what it does not say."""

import doctest
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

MODULES = sorted(path.stem for path in (Path(__file__).resolve().parent.parent / "geo").glob("[a-z]*.py"))
#: Places, shapes and arrays: they turn one thing into another and claim nothing about the world.
PLAIN = {
    *(
        "areas",
        "arrays",
        "boundaries",
        "cells",
        "coverage",
        "discs",
        "drawn",
        "errors",
        "footprints",
        "geojson",
        "grids",
        "hexagons",
    ),
    *("incidents", "lattice", "neighbours", "outlines", "projection"),
}
#: What loads compiled loops shows no example: it would compile them.
MACHINERY = {"engine"}


def functions(module_name: str) -> Iterator[tuple[str, Callable[..., object]]]:
    module = import_module(f"geo.{module_name}")
    for name, function in vars(module).items():
        plain = inspect.unwrap(function) if callable(function) else None
        if not name.startswith("_") and inspect.isfunction(plain) and plain.__module__ == module.__name__:
            yield name, plain


def test_the_modules_are_found() -> None:
    assert {"clusters", "trends", "prediction"} <= set(MODULES)
    assert set(MODULES) >= PLAIN | MACHINERY
    assert sum(len(list(functions(name))) for name in MODULES) > 80


@pytest.mark.parametrize("module_name", sorted(set(MODULES) - MACHINERY))
def test_every_public_function_has_an_example_that_runs(module_name: str) -> None:
    finder = doctest.DocTestFinder(recurse=False)
    without = [
        name for name, function in functions(module_name) if not any(one.examples for one in finder.find(function))
    ]
    headless = [
        name for name, function in functions(module_name) if "Examples\n" not in (inspect.getdoc(function) or "")
    ]
    assert (without, headless) == ([], [])


@pytest.mark.parametrize("module_name", sorted(set(MODULES) - PLAIN - MACHINERY))
def test_every_function_that_claims_something_has_notes_with_its_limits(module_name: str) -> None:
    without = [name for name, function in functions(module_name) if "Notes\n-" not in (inspect.getdoc(function) or "")]
    assert without == []
