"""Mails of every origin as drafts of activities."""

from __future__ import annotations

import io
import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmtool.core.entities import builtin
from crmtool.core.fields import Context
from crmtool.transfer.cards import mail
from crmtool.transfer.cards.formats import drafter
from crmtool.transfer.cards.mailfile import BODY_LIMIT, decoded, mails
from crmtool.transfer.drafts import Draft
from crmtool.transfer.sources.base import Row
from crmtool.transfer.sources.opening import open_sources

REGISTRY = builtin()
CONTEXT = Context(region="ES", now="2026-06-01T08:00:00.000Z")


def drafts(path: Path, mine: frozenset[str] = frozenset(("me@own.example",))) -> list[Draft]:
    (source,) = open_sources([str(path)])
    with source:
        assert source.kind == "mail"
        make = drafter(source, REGISTRY, CONTEXT, mine)
        return [make(row) for row in source.rows()]


def draft(path: Path, raw: bytes) -> Draft:
    (path / "m.eml").write_bytes(raw)
    (only,) = drafts(path / "m.eml")
    return only


def message(**headers: str) -> EmailMessage:
    made = EmailMessage()
    given = {
        "From": "Ana Ruiz <ana@x.example>",
        "To": "me@own.example",
        "Subject": "Hola",
        "Date": "Thu, 15 Jan 2026 10:00:00 +0100",
    }
    for key, value in {**given, **{k.replace("_", "-"): v for k, v in headers.items()}}.items():
        made[key] = value
    return made


def test_a_mail_that_came(tmp_path: Path) -> None:
    sent = message(
        Subject="Añadir ☕", Cc="Bo <BO@x.example>, me@own.example", Message_ID="<m1@x>", In_Reply_To="<m0@x>"
    )
    sent.set_content("Grüße\nAna\n")
    sent.add_alternative("<p>not this</p>", subtype="html")
    sent.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Angebot ü.pdf")
    made = draft(tmp_path, sent.as_bytes())
    assert made.problems == []
    assert made.values == {
        "type": "email", "name": "Añadir ☕", "happened_at": "2026-01-15T09:00:00.000Z", "direction": "in",
        "body": "Grüße\nAna\n\nAttachments: Angebot ü.pdf",
    }  # fmt: skip
    assert [(c.name, c.email, c.role) for c in made.contacts] == [
        ("Ana Ruiz", "ana@x.example", "from"),
        ("Bo", "BO@x.example", "cc"),
    ]
    assert made.external == [("mail", "m1@x")]
    assert made.extra == {"In-Reply-To": "<m0@x>"}


def test_a_mail_that_went_out(tmp_path: Path) -> None:
    made = draft(tmp_path, message(From="Me <ME@own.example>", To="Bo <bo@x.example>").as_bytes())
    assert made.values["direction"] == "out"
    assert [c.email for c in made.contacts] == ["bo@x.example"]


def test_html_without_text(tmp_path: Path) -> None:
    sent = message()
    sent.set_content(
        "<html><head><style>p{}</style></head><body><p>One &amp; <b>two</b></p><div>Three<br>Four</div><script>x()</script>",
        subtype="html",
    )
    assert draft(tmp_path, sent.as_bytes()).values["body"] == "One & two\n\nThree\nFour"


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        (b"us-ascii", "Grüße".encode(), "Grüße"),
        (b"utf-8", "Grüße".encode("cp1252"), "Grüße"),
        (b"made-up", "Grüße".encode(), "Grüße"),
        (b"iso-8859-1", "Grüße".encode("latin-1"), "Grüße"),
        (b"shift_jis", "日本".encode("shift_jis"), "日本"),
    ],
)
def test_charsets_that_lie(tmp_path: Path, charset: bytes, body: bytes, text: str) -> None:
    raw = (
        b"From: a@x.example\nDate: Thu, 15 Jan 2026 10:00:00 +0000\nContent-Type: text/plain; charset="
        + charset
        + b"\n\n"
        + body
    )
    assert draft(tmp_path, raw).values["body"] == text


def test_broken_headers(tmp_path: Path) -> None:
    raw = (
        b'Received: from x; Thu, 15 Jan 2026 10:00:05 +0000\nFrom: "Ana" <ana@x.example\nDate: soon\n'
        b"To: undisclosed-recipients:;\n"
        b"Subject: =?utf-8?B?w7ZkZA?= =?nope?X?y?= r\xf6h\n\nhi\n"
    )
    made = draft(tmp_path, raw)
    assert made.values["happened_at"] == "2026-01-15T10:00:05.000Z"
    assert [c.email for c in made.contacts] == ["ana@x.example"]
    undated = draft(tmp_path, b"From: a@x.example\nTo: b@x.example\n\nhi\n")
    assert [p.field for p in undated.problems] == ["happened_at"]
    assert undated.values["name"] == "(no subject)"
    assert (
        undated.external[0][1]
        == draft(tmp_path, b"From: a@x.example\nTo: b@x.example\n\nhi\n").external[0][1]
    )


def test_many_messages_in_one_file(tmp_path: Path) -> None:
    box = mailbox.mbox(str(tmp_path / "box"))
    for number in range(30):
        sent = message(Subject=f"Nr {number}", Message_ID=f"<{number}@x>")
        sent.set_content(f"Text {number}\n\nFrom here on nothing is a message\n")
        box.add(mailbox.mboxMessage(sent))
    box.close()
    made = drafts(tmp_path / "box")
    assert [d.values["name"] for d in made] == [f"Nr {n}" for n in range(30)]
    assert made[3].values["body"] == "Text 3\n\nFrom here on nothing is a message"


def test_a_folder_of_messages_is_one_source(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / "cur").mkdir(exist_ok=True)
        (tmp_path / "cur" / f"{number}:2,S").write_bytes(message(Subject=f"Nr {number}").as_bytes())
    assert [d.values["name"] for d in drafts(tmp_path)] == ["Nr 0", "Nr 1", "Nr 2"]


def test_large_and_deep_messages_take_little(tmp_path: Path) -> None:
    sent = message()
    sent.set_content("x y\n" * 50_000)
    sent.add_attachment(b"\x00" * 12_000_000, maintype="application", subtype="zip", filename="big.zip")
    sent.add_attachment(b"\x01", maintype="application", subtype="zip", filename="small.zip")
    made = draft(tmp_path, sent.as_bytes())
    assert made.values["body"].endswith("Attachments: big.zip, small.zip")
    assert len(made.values["body"]) <= BODY_LIMIT + 60
    assert [p.field for p in made.warnings] == ["body"]
    nested = b"From: a@x.example\nDate: Thu, 15 Jan 2026 10:00:00 +0000\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(5_000)
    )
    assert draft(tmp_path, nested).values["happened_at"] == "2026-01-15T10:00:00.000Z"


def test_a_rejected_mail_can_be_corrected(tmp_path: Path) -> None:
    bad = draft(tmp_path, b"From: a@x.example\nTo: b@x.example\nSubject: Hi\n\none\nFrom two\n")
    (source,) = open_sources([str(tmp_path / "m.eml")])
    with source:
        rejects = source.rejects(str(tmp_path / "m.rejected.mbox"))
        rejects.write([bad])
        rejects.close()
    text = (tmp_path / "m.rejected.mbox").read_text()
    assert "X-Crm-Reason: Date: " in text
    (tmp_path / "again").write_text(
        text.replace("Subject:", "Date: Thu, 15 Jan 2026 10:00:00 +0000\nSubject:")
    )
    (again,) = drafts(tmp_path / "again")
    assert (again.problems, again.values["body"]) == ([], "one\nFrom two")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_are_too_odd(tail: bytes) -> None:
    make = mail.drafter(REGISTRY, CONTEXT)
    for item in mails(io.BytesIO(b"From: a@x.example\nDate: x\nSubject: " + tail)):
        assert make(Row(1, [], item=item)).values["type"] == "email"


@given(st.text())
def test_headers_never_have_lines_or_broken_characters(value: str) -> None:
    assert "\n" not in decoded(value)
    decoded(value).encode()
