"""The record classes: what they take, how they compare, and that they stay light."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.core.struct import COMPILED_FROM, Struct


class Point(Struct):
    x: int
    y: int = 0


class Named(Point):
    name: str = "origin"
    y: int = 7


class Nothing(Struct):
    pass


class Shouting(Point):
    def loud(self) -> str:
        return f"{self.x}!"


def test_attributes_come_by_position_name_and_default() -> None:
    assert (Point(1).x, Point(1).y) == (1, 0)
    assert Point(1, 2) == Point(y=2, x=1)
    for wrong in ((), (1, 2, 3)):
        with pytest.raises(TypeError):
            Point(*wrong)
    with pytest.raises(TypeError):
        Point(1, z=2)  # type: ignore[call-arg]


@pytest.mark.parametrize("made", [0, COMPILED_FROM])
def test_the_first_ones_are_made_as_the_later_are(made: int) -> None:
    """Whether or not the class was used enough to have an ``__init__`` of its own."""

    class Fresh(Struct):
        x: int
        y: int = 0

    for _ in range(made):
        Fresh(1)
    assert (Fresh(1).y, Fresh(1, 2).y, Fresh(y=3, x=1).y) == (0, 2, 3)
    for args, kwargs in [((), {}), ((1, 2, 3), {}), ((1,), {"x": 2}), ((1,), {"z": 2}), ((), {"y": 1})]:
        with pytest.raises(TypeError):
            Fresh(*args, **kwargs)


def test_attributes_and_defaults_are_inherited() -> None:
    assert Named(1) == Named(1, 7, "origin")
    assert repr(Named(1)) == "Named(x=1, y=7, name='origin')"
    assert Shouting(3).loud() == "3!"
    assert Point(3).y == 0


def test_there_are_no_other_attributes() -> None:
    with pytest.raises(AttributeError):
        Point(1).z = 2  # type: ignore[attr-defined]
    assert not hasattr(Named(1), "__dict__")


@given(st.integers(), st.integers(), st.integers(), st.integers())
def test_equality_and_hash_go_by_value_and_class(a: int, b: int, c: int, d: int) -> None:
    assert (Point(a, b) == Point(c, d)) == ((a, b) == (c, d))
    assert hash(Point(a, b)) == hash(Point(a, b))
    assert Point(a, b) != Shouting(a, b)
    assert Point(a, b) != (a, b)
    assert Nothing() == Nothing()


def test_replace_makes_a_copy() -> None:
    point = Point(1, 2)
    assert point.replace(y=3) == Point(1, 3)
    assert point == Point(1, 2)
    with pytest.raises(TypeError):
        point.replace(z=1)


def test_nothing_heavy_is_loaded() -> None:
    program = (
        "import sys; import crmtool.core.struct, crmtool.core.ids, crmtool.core.order, crmtool.core.tokens, crmtool.core.query;"
        "print(*sorted({'dataclasses', 'inspect', 'typing', 're', 'enum', 'unicodedata', 'datetime'} & {*sys.modules}))"
    )
    run = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True,
                         env={"PYTHONPATH": ":".join(sys.path)})  # fmt: skip
    assert run.stdout.split() == []
