"""vCards of every version and program as drafts, and records as vCards that say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from crmtool.core import ids
from crmtool.core.entities import builtin
from crmtool.core.errors import UsageError
from crmtool.core.fields import Context
from crmtool.core.kinds.reach import ADDRESS_PARTS
from crmtool.transfer.cards.formats import drafter
from crmtool.transfer.cards.vcard_text import CARRIED, text
from crmtool.transfer.drafts import Draft
from crmtool.transfer.sources.opening import open_sources

REGISTRY = builtin()
CONTEXT = Context(region="ES", now="2026-06-01T08:00:00.000Z")


def drafts(path: Path, content: str | bytes) -> list[Draft]:
    data = content if isinstance(content, bytes) else content.replace("\n", "\r\n").encode()
    path.write_bytes(data)
    (source,) = open_sources([str(path)])
    with source:
        assert source.kind == "vcard"
        make = drafter(source, REGISTRY, CONTEXT)
        return [make(row) for row in source.rows()]


def draft(path: Path, lines: str, version: str = "3.0") -> Draft:
    (only,) = drafts(path / "a.vcf", f"BEGIN:VCARD\nVERSION:{version}\n{lines}\nEND:VCARD\n")
    return only


def test_a_card_of_apples_address_book(tmp_path: Path) -> None:
    made = draft(
        tmp_path,
        "N:Ruiz;Ana;María;Dr.;\nFN:Dr. Ana María Ruiz\nNICKNAME:Anita\nORG:Acme\\, S.A.;Sales\nTITLE:Head of Sales\n"
        "EMAIL;type=INTERNET;type=HOME:ana@home.example\nEMAIL;type=INTERNET;type=WORK;type=pref:ana@acme.example\n"
        "TEL;type=CELL;type=VOICE;type=pref:600 123 456\nTEL;type=WORK;type=FAX:+34 910 000 001\n"
        "item1.TEL:+34 910 000 002\nitem1.X-ABLabel:Büro Ost\nitem2.URL:https://acme.example\nitem2.X-ABLabel:_$!<HomePage>!$_\n"
        "item3.ADR;type=WORK:;;Calle Mayor 1;Madrid;;28013;Spain\nitem3.X-ABADR:es\n"
        "BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-15\nitem4.X-ABDATE;type=pref:2010-06-01\nitem4.X-ABLabel:_$!<Anniversary>!$_\n"
        "item5.X-ABRELATEDNAMES;type=pref:Luis\nitem5.X-ABLabel:_$!<Spouse>!$_\n"
        "X-SOCIALPROFILE;type=twitter:http://twitter.com/ana\nIMPP;X-SERVICE-TYPE=Skype;type=HOME:skype:ana\n"
        "CATEGORIES:Friends,myContacts\nNOTE:One\\nTwo\\; three\nUID:1234-ABCD\nREV:2024-01-01T00:00:00Z\n"
        "PHOTO;ENCODING=b;TYPE=JPEG:AAAA\n BBBB",
    )
    assert not made.problems
    assert made.entity == "contact"
    assert made.values == {
        "name": "Dr. Ana María Ruiz", "given_name": "Ana", "family_name": "Ruiz", "nickname": "Anita", "department": "Sales",
        "title": "Head of Sales", "tags": ["Friends"], "description": "One\nTwo; three",
    }  # fmt: skip
    assert [c.name for c in made.companies] == ["Acme, S.A."]
    assert made.entries == {
        "emails": [("ana@acme.example", "work"), ("ana@home.example", "home")],
        "phones": [
            ("+34 600 12 34 56", "mobile"),
            ("+34 910 00 00 01", "work fax"),
            ("+34 910 00 00 02", "Büro Ost"),
        ],
        "urls": [("https://acme.example", "home page"), ("http://twitter.com/ana", "twitter")],
        "addresses": [
            (
                {"street": "Calle Mayor 1", "city": "Madrid", "postal_code": "28013", "country": "Spain"},
                "work",
            )
        ],
    }
    assert made.external == [("vcard", "1234-ABCD")]
    assert made.extra == {
        "N": "N:Ruiz;Ana;María;Dr.;",
        "BDAY": "BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-15",
        "X-ABDATE": "item4.X-ABDATE;TYPE=pref:2010-06-01\nitem4.X-ABLABEL:_$!<Anniversary>!$_",
        "X-ABRELATEDNAMES": "item5.X-ABRELATEDNAMES;TYPE=pref:Luis\nitem5.X-ABLABEL:_$!<Spouse>!$_",
        "IMPP": "IMPP;X-SERVICE-TYPE=Skype;TYPE=HOME:skype:ana",
    }
    assert {p.column for p in made.warnings} == {"BDAY", "PHOTO"}


def test_a_card_of_version_2_1(tmp_path: Path) -> None:
    made = draft(
        tmp_path,
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Mu=C3=B1oz;Jos=C3=A9;;;\n"
        "FN;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Jos=E9 Mu=F1oz\n"
        "TEL;CELL;VOICE:600123456\nTEL;WORK:910000000\nEMAIL;INTERNET:jose@x.example\n"
        "NOTE;ENCODING=QUOTED-PRINTABLE:first line=0D=0A=\nsecond line\nADR;HOME:;;C/ Sol, 3;Madrid;;;",
        "2.1",
    )
    assert made.values["name"] == "José Muñoz"
    assert made.values["family_name"] == "Muñoz"
    assert made.values["description"] == "first line\nsecond line"
    assert made.entries["phones"] == [("+34 600 12 34 56", "mobile"), ("+34 910 00 00 00", "work")]
    assert made.entries["addresses"] == [({"street": "C/ Sol, 3", "city": "Madrid"}, "home")]


def test_a_card_of_version_4_0(tmp_path: Path) -> None:
    made = draft(
        tmp_path,
        "UID:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6\nFN:Simon Perreault\nN:Perreault;Simon;;;ing. jr,M.Sc.\n"
        "BDAY:--0203\nANNIVERSARY:20090808T1430-0500\nGENDER:M\nLANG;PREF=1:fr\nORG;TYPE=work:Viagenie\n"
        'TEL;VALUE=uri;TYPE="work,voice";PREF=1:tel:+1-418-656-9254;ext=102\nTEL;VALUE=uri;TYPE="work,cell,voice,video,text":'
        "tel:+1-418-262-6501\nEMAIL;TYPE=work:simon.perreault@viagenie.ca\nTZ:America/Toronto\nURL;TYPE=home:http://nomis80.org\n"
        'ADR;TYPE=work;LABEL="2875 boul. Laurier":;Suite D2-630;2875 Laurier;Quebec;QC;G1V 2M2;Canada',
        "4.0",
    )
    assert not made.problems
    assert made.external == [("vcard", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6")]
    assert made.values["language"] == "fr"
    assert made.values["timezone"] == "America/Toronto"
    assert [label for _, label in made.entries["phones"]] == ["work", "work mobile video"]
    assert "418" in made.entries["phones"][0][0]
    assert "102" in made.entries["phones"][0][0]
    assert {"BDAY", "ANNIVERSARY", "GENDER", "N"} <= set(made.extra)
    assert made.entries["addresses"][0][0]["extended"] == "Suite D2-630"


@pytest.mark.parametrize(
    "lines",
    [
        "N:;;;;\nFN:Acme\nORG:Acme\nX-ABShowAs:COMPANY\nEMAIL:hi@acme.example",
        "FN:Acme\nORG:Acme\nEMAIL:hi@acme.example",
        "KIND:org\nFN:Acme",
    ],
)
def test_a_card_of_a_company(tmp_path: Path, lines: str) -> None:
    made = draft(tmp_path, f"{lines}\nTITLE:kept")
    assert (made.entity, made.values["name"], made.companies) == ("company", "Acme", [])
    assert made.extra["TITLE"] == "TITLE:kept"


def test_what_stands_in_for_a_name(tmp_path: Path) -> None:
    assert draft(tmp_path, "N:Ruiz;Ana;;;").values["name"] == "Ana Ruiz"
    assert draft(tmp_path, "N:;;;;\nFN:\nNICKNAME:Nita").values["name"] == "Nita"
    by_mail = draft(tmp_path, "N:;;;;\nEMAIL:x@y.example")
    assert (by_mail.values["name"], by_mail.named) == ("x@y.example", False)
    assert [p.field for p in draft(tmp_path, "N:;;;;\nX-A:1").problems] == ["name"]


def test_groups_become_tags_of_their_members(tmp_path: Path) -> None:
    made = drafts(
        tmp_path / "g.vcf",
        "BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nUID:a-1\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Bo\nUID:b-1\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nFN:Chess club\nX-ADDRESSBOOKSERVER-KIND:group\n"
        "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:b-1\nEND:VCARD\n",
    )
    assert [(d.values.get("name"), d.values.get("tags"), d.passed is not None) for d in made] == [
        ("Ana", None, False), ("Bo", ["Chess club"], False), (None, None, True),
    ]  # fmt: skip


def test_one_wrong_address_rejects_one_card_and_it_can_be_corrected(tmp_path: Path) -> None:
    path = tmp_path / "book.vcf"
    book = "BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Bo\nEMAIL:nowhere\nX-A:ü\nEND:VCARD\n"
    good, bad = drafts(path, book)
    assert not good.problems
    assert [p.field for p in bad.problems] == ["emails"]
    (source,) = open_sources([str(path)])
    with source:
        rejects = source.rejects(str(tmp_path / "book.rejected.vcf"))
        rejects.write([bad])
        rejects.close()
    written = (tmp_path / "book.rejected.vcf").read_text()
    assert "X-CRM-REASON:EMAIL: " in written
    (again,) = drafts(tmp_path / "again.vcf", written.replace("nowhere", "bo@x.example"))
    assert again.values["name"] == "Bo"
    assert again.extra == {"X-A": "X-A:ü"}


def test_broken_files_say_where(tmp_path: Path) -> None:
    for content, code in (
        ("BEGIN:VCARD\nVERSION:3.0\nFN:Ana\n", "truncated"),
        ("BEGIN:VCARD\nFN:Ana\nBEGIN:VCARD\nFN:Bo\nEND:VCARD\n", "truncated"),
        ("BEGIN:VCARD\nNOTE:" + "x" * 5_000_000 + "\nEND:VCARD\n", "row_too_long"),
    ):
        with pytest.raises(UsageError) as error:
            drafts(tmp_path / "broken.vcf", content)
        assert error.value.code == code
        assert error.value.hint is not None


def test_nonsense_lines_are_no_reason_to_stop(tmp_path: Path) -> None:
    made = draft(
        tmp_path, 'FN:Ana\nno colon here\n;;;:\n:value\nTEL;=;TYPE="a:b:12345\nADR:\nORG:\nN:\nBDAY:nonsense'
    )
    assert made.values["name"] == "Ana"


# -- writing ---------------------------------------------------------------------------------------------------------

WORDS = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
    .map(lambda text: REGISTRY.entities["contact"].fields["department"].validate(text, CONTEXT))
    .filter(bool)
)
LONG = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1, max_size=200
).map(lambda text: REGISTRY.entities["note"].fields["body"].validate(text, CONTEXT))
LABELS = st.one_of(
    st.none(),
    st.sampled_from(["work", "home", "mobile", "work fax", "VIP; x", "büro:ost", "fax work"]),
    WORDS,
)
EMAILS = st.from_regex(r"[a-z0-9._%+'-]{1,12}@[a-z]{1,8}\.example", fullmatch=True)
URLS = st.from_regex(r"https://[a-z]{1,8}\.example/[A-Za-z0-9,;:\\_~?=&%-]{0,40}", fullmatch=True)
PHONES = st.from_regex(r"\+?[1-9][0-9]{3,13}( ext\. 12)?", fullmatch=True)
ADDRESSES = st.dictionaries(st.sampled_from(ADDRESS_PARTS), WORDS, min_size=1)


def entries(key: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    lookup = REGISTRY.entities["contact"].fields[key].kind.lookup_key
    pairs = st.lists(st.tuples(values, LABELS), max_size=3, unique_by=lambda pair: lookup(pair[0]))
    return pairs.map(lambda found: [{"value": value, "label": label} for value, label in found])


CONTACTS = st.fixed_dictionaries(
    {"name": WORDS, "id": st.builds(ids.new_id)},
    optional={
        "given_name": WORDS, "family_name": WORDS, "nickname": WORDS, "phonetic_name": WORDS, "title": WORDS,
        "department": WORDS, "language": WORDS, "timezone": st.sampled_from(["Europe/Madrid", "Asia/Tokyo"]),
        "birthday": st.dates().map(str), "description": LONG,
        "tags": st.lists(WORDS, max_size=3, unique_by=lambda word: word.casefold()).map(
            lambda words: REGISTRY.entities["contact"].fields["tags"].validate(words, CONTEXT)
        ),
        "emails": entries("emails", EMAILS), "phones": entries("phones", PHONES), "urls": entries("urls", URLS),
        "addresses": entries("addresses", ADDRESSES), "company": st.just("c1"),
    },
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(CONTACTS, st.sampled_from(["4.0", "3.0"]), st.sampled_from(["contact", "company"]))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, record: dict[str, Any], version: str, entity: str
) -> None:
    written = text(record, {"c1": "Acme; Söhne, S.A."}, version=version, entity=entity)
    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))
    (made,) = drafts(tmp_path_factory.getbasetemp() / "round.vcf", written.encode())
    assert made.problems == []
    assert made.entity == entity
    assert made.own_id == record["id"]
    got: dict[str, Any] = {**made.values}
    for key, pairs in made.entries.items():
        got[key] = [{"value": value, "label": label} for value, label in pairs]
    if made.companies:
        got["company"] = "c1" if made.companies[0].name == "Acme; Söhne, S.A." else "?"
    carried = {
        key: value for key, value in record.items() if key in CARRIED[entity] and value not in (None, [])
    }
    assert got == carried
    card = vobject.readOne(written)
    assert card.fn.value == record["name"]
    card.serialize()


def test_what_a_card_had_beside_goes_with_it(tmp_path: Path) -> None:
    lines = (
        "N:Ruiz;Ana;María;Dr.;\nFN:Ana Ruiz\nitem1.EMAIL:a@x.example\nitem1.X-ABLabel:VIP\nitem2.X-ABRELATEDNAMES:Luis\n"
        'item2.X-ABLabel:_$!<Spouse>!$_\nIMPP;X-SERVICE-TYPE=Skype:skype:ana\nX-ODD;A="b,c":d\\,e\nUID:u-1'
    )
    made = draft(tmp_path, lines)
    record = {
        **made.values, "external_ids": [list(pair) for pair in made.external], "extra": {"vcard": made.extra}, "id": ids.new_id(),
        "emails": [{"value": value, "label": label} for value, label in made.entries["emails"]],
    }  # fmt: skip
    written = text(record)
    (again,) = drafts(tmp_path / "b.vcf", written.encode())
    assert again.external == [("vcard", "u-1")]
    assert again.entries == made.entries
    assert {k: v.split(".")[-1] for k, v in again.extra.items()} == {
        k: v.split(".")[-1] for k, v in made.extra.items()
    }
    assert "N:Ruiz;Ana;María;Dr.;" in written
    renamed = text({**record, "given_name": "Eva"})
    assert "María" not in renamed.split("FN:")[1].split("\r\n", 1)[1]
