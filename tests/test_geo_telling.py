"""Every public function of geo shows an example that runs; those that make a claim say what it does not say."""

import doctest
import inspect
import re
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
    *("area_sizes", "incidents", "lattice", "neighbours", "outlines", "projection"),
}
#: Claims that rest on a definition or on what we measured ourselves, and on no paper.
NO_PAPER = {
    "links": "says which places are near by a radius; the statistics on it name their papers",
    "overlap": "counts shared members; docs/statistics.md measures what follows from it",
    "pairs": "lists pairs within given limits",
    "piles": "our own rule for default points, measured on a city",
    "rates": "a quantile of the Poisson distribution",
    "surroundings": "our own comparison, measured in docs/decisions/0013",
}
#: Lengths that are no lengths on the ground.
NO_UNIT = {("arrays", "as_codes", "length"): "how many values there must be"}
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


@pytest.mark.parametrize("module_name", sorted(set(MODULES) - PLAIN - MACHINERY - set(NO_PAPER)))
def test_every_module_that_claims_something_names_its_source(module_name: str) -> None:
    told = inspect.getsource(import_module(f"geo.{module_name}"))
    assert re.search(r"\b[A-Z][a-z]+\b[^.]{0,60}\b(19|20)\d\d\b", told), "an author and a year"


def test_whatever_has_a_unit_bears_it_in_its_name() -> None:
    measured = re.compile(r"(^|_)(radius|distance|width|length|area|side|tolerance|spacing|bandwidth|age|duration)$")
    without = {
        (module_name, name, parameter): ""
        for module_name in MODULES
        for name, function in functions(module_name)
        for parameter, given in inspect.signature(function).parameters.items()
        if measured.search(parameter) and given.annotation in {float, int, "float", "int", "npt.ArrayLike"}
    }
    assert set(without) == set(NO_UNIT)
