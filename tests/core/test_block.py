"""Blocks for ``with``: what runs when, and what happens to an error."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crmtool.core.block import block


class Door:
    def __init__(self) -> None:
        self.seen: list[str] = []

    @block
    def open(self, name: str = "door", *, stuck: bool = False) -> Iterator[None]:
        """Open and close."""
        self.seen.append(f"{name} opens")
        try:
            yield
        except ValueError:
            self.seen.append("trouble")
            raise
        finally:
            self.seen.append(f"{name} closes")
            if stuck:
                raise OSError("stuck")


def test_what_stands_around_the_body() -> None:
    door = Door()
    with door.open("gate"):
        door.seen.append("through")
    assert door.seen == ["gate opens", "through", "gate closes"]


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), KeyError("x")])
def test_an_error_is_seen_inside_and_leaves_as_it_is(error: BaseException) -> None:
    door = Door()
    with pytest.raises(type(error)) as caught, door.open():
        raise error
    assert caught.value is error
    assert door.seen[-1] == "door closes"
    assert ("trouble" in door.seen) == isinstance(error, ValueError)


def test_an_end_that_fails_says_so() -> None:
    door = Door()
    with pytest.raises(OSError, match="stuck"), door.open(stuck=True):
        pass
    with pytest.raises(OSError, match="stuck") as caught, door.open(stuck=True):
        raise ValueError("first")
    assert isinstance(caught.value.__context__, ValueError)


def test_leaving_a_loop_and_a_function_ends_the_block() -> None:
    door = Door()
    for _ in range(3):
        with door.open():
            break
    assert door.seen == ["door opens", "door closes"]
