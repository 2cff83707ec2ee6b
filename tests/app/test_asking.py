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
    ("text", "field", "right"),
    [
        ("stage = None", "stage", "Lead"),
        ("not stage in (Lead, None)", "stage", "Lead"),
        ("amount > 5 or pipeline != None", "pipeline", "Sales"),
        ("owner = None", "owner", "owner is empty"),
        ("company.owner = None", "owner", "owner is empty"),
        ("owner = none@example.org", "owner", "owner is empty"),
    ],
)
def test_a_name_that_is_none_of_the_few_there_are(ws: Workspace, text: str, field: str, right: str) -> None:
    with pytest.raises(UsageError) as caught:
        check(ws, text)
    assert str(caught.value.message).startswith(f"{field}: ")
    assert "none" in str(caught.value.message).casefold()
    assert right in str(caught.value.hint)
    assert caught.value.data["field"] == field


@pytest.mark.parametrize(
    "text",
    [
        "stage = lead",
        "stage in (Lead, Qualified) and pipeline = Sales",
        "stage ~ none",
        "company = Nobody",
        "owner = me",
        "owner is empty",
    ],
)
def test_names_that_may_be_asked_for(ws: Workspace, text: str) -> None:
    check(ws, text)
