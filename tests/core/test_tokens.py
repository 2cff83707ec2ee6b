"""Folding and tokens: spellings that must meet, words that must stay apart, and an engine that leaves the tokens whole."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.core.tokens import (
    MAX_TOKEN,
    fold,
    parse_query,
    phone_digits,
    phone_key,
    phone_match_length,
    phone_range,
    phone_same,
    tokens,
    words,
)

TEXT = st.text(max_size=40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José  GARCÍA", "jose garcia"),
        ("Jose\u0301", "josé"),
        ("Straße", "STRASSE"),
        ("ŁÓDŹ", "lodz"),
        ("Đặng Thị Hồng", "dang thi hong"),
        ("Søren Ærø", "soren aero"),
        ("Þór Æsir", "thor aesir"),
        ("İstanbul ılık", "istanbul ilik"),
        ("Ｓｏｎｙ", "sony"),
        ("ﬁn", "fin"),
        ("ΣΊΣΥΦΟΣ", "σισυφος"),
        ("Алёна Зайцев", "АЛЕНА ЗАИЦЕВ"),
        ("ｶﾞﾝﾀﾞﾑ", "がんだむ"),
        ("か\u3099", "が"),
        ("مُحَمَّد", "محمد"),
        ("علی", "علي"),
        ("می\u200cخواهم", "میخواهم"),
        ("שָׁלוֹם", "שלום"),
        ("٢٠٢٦", "2026"),
        ("soft\u00adhyphen", "softhyphen"),
        ("❤\ufe0f", "❤"),
        ("d’Artagnan", "D'ARTAGNAN"),
        ("\u1112\u1161\u11ab", "한"),
        ("a\u00a0\u2003b\n", "a b"),
    ],
)
def test_spellings_of_one_name_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("कुमार", "कमार"), ("कि", "की"), ("か", "が"), ("สม", "สุม"), ("ana", "anna")]
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert words(fold(text)) == words(text)
    assert tokens(fold(text)) == tokens(text)


@given(TEXT)
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(TEXT)
def test_tokens_are_letters_digits_and_marks_only(text: str) -> None:
    for token in tokens(text):
        assert 0 < len(token) <= MAX_TOKEN
        assert all(unicodedata.category(char)[0] in "LNM" for char in token)
        assert not any("A" <= char <= "Z" for char in token)


@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_the_short_way_for_ascii_agrees_with_the_long_one(text: str) -> None:
    assert [*words(text + " é")][:-1] == words(text)
    assert fold(text + "é") == (fold(text + "x"))[:-1] + "e"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana Ruiz", ["ana", "ruiz"]),
        ("O'Brien & Sons", ["o", "brien", "sons", "obrien"]),
        ("Coca-Cola", ["coca", "cola", "cocacola"]),
        ("AT&T, Inc.", ["at", "t", "inc", "att"]),
        ("J.P. Morgan", ["j", "p", "morgan", "jp"]),
        ("Dogs' -- home", ["dogs", "home"]),
        ("ana.ruiz@acme.es", ["ana", "ruiz", "acme", "es"]),
        ("山田太郎", ["山", "田", "太", "郎"]),
        ("김철수 Kim", ["김", "철", "수", "kim"]),
        ("ワタナベ商店", ["わ", "た", "な", "べ", "商", "店"]),
        ("ラーメン・佐々木", ["ら", "ー", "め", "ん", "佐", "々", "木"]),
        ("कुमार शर्मा", ["कुमार", "शर्मा"]),
        ("+34 600 123", ["34", "600", "123"]),
        ("❤️ 👩‍💻 snake_case", ["snake", "case"]),
        ("", []),
        ("--- ''", []),
        ("x" * 100, ["x" * MAX_TOKEN]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_words_of_an_address_have_no_joined_forms() -> None:
    assert tokens("Jean-Luc@X-Y.co.uk") == ["jean", "luc", "x", "y", "co", "uk"]


def test_the_full_text_engine_leaves_every_token_whole() -> None:
    """Over a fifth of all characters: the engine's idea of a word character must not be narrower than ours."""
    engine = pytest.importorskip("sqlcipher3").dbapi2
    db = engine.connect(":memory:")
    db.execute(
        "CREATE VIRTUAL TABLE f USING fts5(body, tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co M*'\")"
    )
    db.execute("CREATE VIRTUAL TABLE v USING fts5vocab(f, 'instance')")
    kept: dict[int, list[str]] = {}
    for code in [*range(0x80, 0x3000), *range(0x3000, 0x32000, 5)]:
        if not 0xD800 <= code < 0xE000 and unicodedata.category(chr(code))[0] in "LNM":
            kept[code] = words(f"a{chr(code)}b {chr(code)}")
    db.executemany(
        "INSERT INTO f(rowid, body) VALUES (?, ?)", [(code, " ".join(made)) for code, made in kept.items()]
    )
    found: dict[int, dict[int, str]] = {code: {} for code in kept}
    for term, code, offset in db.execute("SELECT term, doc, offset FROM v"):
        found[code][offset] = term
    # Characters younger than the engine's tables split a word there; nothing older may.
    young = {code for code in kept if [found[code][n] for n in sorted(found[code])] != kept[code]}
    assert len(young) <= len(kept) // 100


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("+34 600 123 456", "34600123456"),
        ("0034600123456", "34600123456"),
        ("600 123 456", "600123456"),
        ("(415) 555-2671 ext. 99", "4155552671"),
        ("415.555.2671x99", "4155552671"),
        ("tel:+1-415-555-2671;ext=3", "14155552671"),
        ("+44 (0)20 7946 0958", "442079460958"),
        ("030/1234567", "0301234567"),
        ("600123456/600999888", "600123456"),
        ("mobile: 600 123 456 (home)", "600123456"),
        ("٠٩١٢٣٤٥٦٧", "091234567"),
        ("＋８１ ９０ １２３４", "81901234"),
        ("доб 5", "5"),
        ("none", ""),
    ],
)
def test_phone_digits(text: str, digits: str) -> None:
    assert phone_digits(text) == digits


SPELLINGS = [
    "+34 600 123 456",
    "0034600123456",
    "600 123 456",
    "600-123-456",
    "tel:+34600123456",
    "34 600123456",
]


@pytest.mark.parametrize("stored", SPELLINGS)
@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_spelling_of_a_number_meets_every_other(stored: str, typed: str) -> None:
    span = phone_range(typed)
    assert span is not None
    assert span[0] <= phone_key(stored) < span[1]
    assert phone_same(stored, typed)
    assert phone_match_length(stored, typed) >= 9


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("0171 1234567", "+49 171 1234567", True),
        ("8 912 345 67 89", "+7 912 345 67 89", True),
        ("06 1234567", "+39 06 1234567", True),
        ("+45 12345678", "+47 12345678", False),
        ("600 123 456", "600 123 457", False),
        ("3456", "+34 600 123 456", True),
        ("12", "+34 600 123 412", False),
        ("", "", False),
    ],
)
def test_when_two_numbers_may_be_one(one: str, other: str, same: bool) -> None:
    assert phone_same(one, other) is same
    assert phone_same(other, one) is same


@given(st.integers(0, 10**15).map(str), st.integers(3, 12))
def test_the_last_digits_of_a_number_find_it(number: str, count: int) -> None:
    span = phone_range(number[-count:])
    if span is not None:
        assert span[0] <= phone_key(number) < span[1]


def test_a_query_is_phrases_of_which_the_last_is_a_beginning() -> None:
    query = parse_query("Ana “Ruíz")
    assert query.words == (("ana",), ("ruiz",))
    assert query.prefix
    assert query.text == "ana “ruiz"
    assert parse_query("ana ").prefix is False
    assert parse_query("山田").words == (("山", "田"),)
    assert parse_query("O'Brien").words == (("o", "brien"),)


def test_quoted_words_are_one_phrase_and_no_beginning() -> None:
    assert parse_query('"ana ruiz"').words == (("ana", "ruiz"),)
    assert parse_query('"ana ruiz"').prefix is False
    assert parse_query('"ana ruiz" ac').words == (("ana", "ruiz"), ("ac",))
    assert parse_query('"ana ruiz" ac').prefix is True
    assert parse_query('"ana ru').prefix is True
    assert not parse_query(' "" -- ')


def test_a_query_knows_addresses_and_numbers() -> None:
    assert parse_query("Ana@Ac").email == "ana@ac"
    assert parse_query("mailto:ana@acme.es").email == "ana@acme.es"
    assert parse_query("@acme").email is None
    assert parse_query("ana ruiz@acme.es").email is None
    assert parse_query("+34 600 123").digits == "34600123"
    assert parse_query("600123456 ext. 3").digits == "600123456"
    assert parse_query("route 66").digits is None
    assert parse_query("12").digits is None


@given(TEXT.filter(lambda text: '"' not in text))
def test_what_is_indexed_is_found(text: str) -> None:
    """Each word of a text, asked for as typed, is a phrase of adjacent tokens in the index of that text."""
    index = tokens(text)
    for phrase in parse_query(text).words:
        assert any(tuple(index[at : at + len(phrase)]) == phrase for at in range(len(index)))
