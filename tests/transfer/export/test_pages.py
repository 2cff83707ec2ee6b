"""Markdown and HTML: complete, escaped, and readable by a screen reader."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

from crmtool.app.workspace import Workspace
from crmtool.store.reader import Query
from crmtool.transfer.export.pages import markdown_text
from crmtool.transfer.export.tables import Table

Text = Callable[..., str]
Make = Callable[..., Table]


class Page(HTMLParser):
    """Collects the cells of a page, and complains of elements that do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)
        if tag in ("td", "th", "caption"):
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th", "caption"):
            self.cells[-1] += data


def test_a_page_holds_every_record_and_nothing_active(store: Workspace, table: Make, text: Text) -> None:
    made = table("contact", ["name", "company", "source", "description"])
    written = text("html", made)
    page = Page(written)
    assert page.open == []
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "img", "link", "iframe", "a", "b"}
    assert page.cells[0] == "Contacts"
    assert page.cells[1:5] == ["Name", "Company", "Source", "Description"]
    assert len(page.cells) == 1 + 4 * (1 + store.reader.count(Query("contact")))
    assert 'say "hi", ok; now' in page.cells
    assert any("<b> & ]]> 😀" in cell for cell in page.cells)
    assert not set(written) & set("\x07\x1b\x9b\x7f")


def test_a_table_says_what_its_cells_are(table: Make, text: Text) -> None:
    page = Page(text("html", table("contact", ["company", "name"]), table("deal", ["name", "amount"])))
    heads = [attrs["scope"] for tag, attrs in page.tags if tag == "th"]
    assert heads.count("col") == 4
    assert heads.count("row") == len(heads) - 4
    assert all(attrs["dir"] == "auto" for tag, attrs in page.tags if tag in ("td", "th", "caption", "html"))
    assert [tag for tag, _ in page.tags].count("caption") == 2
    root = dict(page.tags)["html"]
    assert root["lang"] == "en"


def test_markdown_is_a_line_a_record(store: Workspace, table: Make, text: Text) -> None:
    made = table("contact", ["name", "description"])
    lines = text("md", made).splitlines()
    assert lines[:2] == ["| Name | Description |", "| --- | --- |"]
    assert len(lines) == 2 + store.reader.count(Query("contact"))
    assert all(line.startswith("| ") and line.endswith(" |") for line in lines)
    both = text("md", made, table("deal", ["name", "amount"]))
    assert both.count("\n## ") == 1
    assert both.startswith("## Contacts\n\n| Name")
    assert "| --- | ---: |" in both


def test_markdown_takes_nothing_for_its_own() -> None:
    assert markdown_text("a|b *c* _d_ `e` <f> [g](h) \\ ~i~ &amp;") == (
        r"a\|b \*c\* \_d\_ \`e\` \<f\> \[g\](h) \\ \~i\~ \&amp;"
    )
    assert markdown_text("a\r\nb\nc\u2028d\x1b") == "a<br>b<br>c<br>d\ufffd"
