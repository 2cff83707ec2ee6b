"""The commands as processes: pipes, bytes that are no text, an output that nobody reads to the end, many at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

PROGRAM = [sys.executable, "-c", "from crmtool.cli.main import main; main()"]
Ran = subprocess.CompletedProcess[bytes]
Crm = Callable[..., Ran]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CRM_")}
    return {**kept, "CRM_HOME": str(tmp_path / "home")}


@pytest.fixture
def crm(env: dict[str, str]) -> Crm:
    def run(*words: str, data: bytes = b"") -> Ran:
        return subprocess.run([*PROGRAM, *words], input=data, capture_output=True, env=env, check=False)

    assert run("init", "--user", "Me").returncode == 0
    return run


def test_records_flow_through_pipes(crm: Crm) -> None:
    people = b"".join(b'{"name": "Person %d", "company": "Acme"}\n' % number for number in range(300))
    added = crm("contact", "add", "--from", "-", "--json", data=people)
    assert added.returncode == 0, added.stderr
    assert json.loads(added.stdout)["created"] == 301
    printed = crm("contact", "list", "--ndjson").stdout
    assert len(printed.splitlines()) == 300
    gone = crm("contact", "rm", "--from", "-", "--yes", data=printed)
    assert gone.returncode == 0, gone.stderr
    assert crm("count", "contact").stdout == b"0\n"
    assert crm("undo", "--yes").returncode == 0
    assert crm("count", "contact").stdout == b"300\n"


def test_bytes_that_are_no_text_are_refused(crm: Crm) -> None:
    ran = crm("contact", "add", "--from", "-", data=b"name\nA\xff\n")
    assert ran.returncode == 2
    assert b"not valid UTF-8" in ran.stderr
    assert b"Traceback" not in ran.stderr
    ran = crm("contact", "add", "--from", "-", "--json", data=b"\xff\xfe")
    assert (ran.returncode, json.loads(ran.stderr)["error"]["code"]) == (2, "encoding")


def test_an_output_that_nobody_reads_to_the_end_is_no_failure(crm: Crm, env: dict[str, str]) -> None:
    rows = b"name\n" + b"".join(b"Person %d\n" % number for number in range(3000))
    assert crm("contact", "add", "--from", "-", data=rows).returncode == 0
    with subprocess.Popen(
        [*PROGRAM, "contact", "list", "--ndjson"], stdout=subprocess.PIPE, env=env
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
    assert process.returncode == 0


def test_many_writers_at_once_lose_nothing(crm: Crm, env: dict[str, str]) -> None:
    running = [
        subprocess.Popen(
            [*PROGRAM, "contact", "add", f"Person {number}", "company=Acme"], env=env, stderr=subprocess.PIPE
        )
        for number in range(12)
    ]
    for process in running:
        _, said = process.communicate()
        assert process.returncode == 0, said
    assert crm("count", "contact").stdout == b"12\n"
    assert crm("count", "company").stdout == b"1\n"
