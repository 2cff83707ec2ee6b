"""What is asked in words: names of which a workspace has few must be right."""

from __future__ import annotations

import pytest

from crmtool.app.asking import check_named, parse_filter
from crmtool.app.workspace import Workspace
from crmtool.core.errors import UsageError


def check(ws: Workspace, text: str) -> None:
    registry = ws.registry
    check_named(ws.reader, parse_filter(text, registry.entity("deal"), registry, ws.context))


@pytest.mark.parametrize(
    "text", ["stage = None", "not stage in (Lead, None)", "amount > 5 or pipeline != None"]
)
def test_a_stage_that_is_none_of_the_stages(ws: Workspace, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        check(ws, text)
    assert "None" in str(caught.value.message)
    assert ("Lead" if "stage" in text else "Sales") in str(caught.value.hint)


@pytest.mark.parametrize(
    "text",
    ["stage = lead", "stage in (Lead, Qualified) and pipeline = Sales", "stage ~ none", "company = Nobody"],
)
def test_names_that_may_be_asked_for(ws: Workspace, text: str) -> None:
    check(ws, text)
