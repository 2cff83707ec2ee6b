"""``kill -9`` at any point of any write leaves a sound store; ``make soak`` does the same for longer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.system import crash

pytestmark = [pytest.mark.system, pytest.mark.slow]

KILLS = 14  # of each scenario


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return crash.template(tmp_path_factory.mktemp("crash"))


@pytest.mark.parametrize("name", crash.SCENARIOS)
def test_a_killed_process_leaves_a_sound_store(name: str, template: Path, tmp_path: Path) -> None:
    scenario = crash.SCENARIOS[name]
    statements, seconds = crash.measure(scenario, crash.fresh(template, tmp_path / "measured"))
    killed = 0
    for number, kill in enumerate(crash.kills(KILLS, statements, seconds, random.Random(name))):
        store = crash.fresh(template, tmp_path / str(number))
        killed += crash.run(scenario, store, kill)
        try:
            crash.check(name, store, take_back=number % 2 == 0)
        except BaseException as error:
            error.add_note(f"{name}, {kill}")
            raise
    assert killed > KILLS / 2
