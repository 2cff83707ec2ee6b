"""Folding for search: what two spellings of one name have in common, and the tokens an index holds.

Case, accents and width do not count. Every Han, kana and Hangul character is a token of its own and a query
of several is a phrase, so substrings of names written without spaces are found. Tokens consist of letters,
digits and the vowel signs of scripts that need them; both engines only have to leave them whole. All of it
is the same for what is indexed and what is asked.
"""

from __future__ import annotations

from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_TOKEN = 64  # longer runs (hashes, encoded data) are cut, in the index and in the query alike

# Letters that compatibility decomposition leaves whole, as people type them on a keyboard that lacks them; the letters
# that Arabic and Persian keyboards spell differently.
_LETTERS = {
    "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ə": "e",
    "ƀ": "b", "ƈ": "c", "ƒ": "f", "ǥ": "g", "ɠ": "g", "ɨ": "i", "ƙ": "k", "ƚ": "l", "ɲ": "n", "ɵ": "o", "ƥ": "p", "ƭ": "t",
    "ʉ": "u", "ʋ": "v", "ƴ": "y", "ƶ": "z", "ĸ": "k", "ɛ": "e", "ɔ": "o", "ɓ": "b", "ɗ": "d", "ȷ": "j", "ɉ": "j", "ɍ": "r",
    "ɟ": "j", "ⱥ": "a", "ȼ": "c", "ɇ": "e", "ɏ": "y", "ⱡ": "l", "ⱦ": "t", "ʼ": "'", "’": "'", "‘": "'",
    "ـ": "", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه",
}  # fmt: skip
_JOINS = "'-&"
_EDGES = ".,;:!?()[]'\"-&"
_WORD_LENGTH, _WORDS_KEPT = 24, 10_000

_ASCII_WORDS = bytes(ord(chr(code).lower()) if chr(code).isalnum() else 32 for code in range(128)) + bytes(
    128
)
_NOT_DIGITS = bytes(code for code in range(128) if not 48 <= code <= 57)
_PHONE_BYTES = b"0123456789 +-()."
_PHONE_LEAST = 3
PHONE_REACH = 7  # digits from the end that two spellings of one number share at least, where both have them


class _Folds(dict[int, str]):
    """Code point to folded text, filled on first use: a translation table that learns the scripts it meets."""

    def __missing__(self, code: int) -> str:
        import unicodedata

        out = []
        for char in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", chr(code)).casefold()):
            if _is_accent(unicodedata.combining(char)) or _is_invisible(
                ord(char), unicodedata.category(char)
            ):
                continue
            if "\u30a1" <= char <= "\u30f6":
                char = chr(ord(char) - 0x60)  # katakana and hiragana spell the same sounds
            out.append(str(int(char)) if char.isdecimal() else _LETTERS.get(char, char))
        self[code] = folded = unicodedata.normalize("NFC", "".join(out))
        return folded


def _is_invisible(code: int, category: str) -> bool:
    """Joiners, direction marks, soft hyphens, variation selectors, enclosing marks: they change looks, not words."""
    return category in ("Cf", "Me") or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or code == 0x34F


def _is_accent(combining: int) -> bool:
    """Whether marks of this combining class are accents: Latin, Greek and Cyrillic ones, Hebrew points, Arabic vowel marks.

    Vowel signs, nuktas, viramas and the kana voicing marks have other classes and make other words.
    """
    return 200 <= combining <= 240 or 10 <= combining <= 36


# Letters and signs that are drawn as nothing: fillers of Hangul, the empty Braille pattern.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def is_invisible(text: str) -> bool:
    """Whether a text shows nothing: blanks, joiners, direction marks, controls."""
    import unicodedata

    return not any(
        char not in _BLANK
        and not char.isspace()
        and (category := unicodedata.category(char)) != "Cc"
        and not _is_invisible(ord(char), category)
        for char in text
    )


class _Words(dict[int, str]):
    """Folded code point to itself where it belongs to a token, to itself between spaces where it is one, else to a space."""

    def __missing__(self, code: int) -> str:
        import unicodedata

        char = chr(code)
        if unicodedata.category(char)[0] not in "LNM":
            char = " "
        self[code] = out = f" {char} " if _stands_alone(code) else char
        return out


def _stands_alone(code: int) -> bool:
    """Han, Hiragana, Katakana, Bopomofo and Hangul syllables."""
    return (
        0x2E80 <= code <= 0x3029
        or 0x3031 <= code <= 0x3035
        or 0x3038 <= code <= 0x3096
        or 0x309D <= code <= 0x312F
        or 0x31A0 <= code <= 0x31FF
        or 0x3400 <= code <= 0x9FFF
        or 0xAC00 <= code <= 0xD7A3
        or 0xF900 <= code <= 0xFAFF
        or 0x16FE0 <= code <= 0x18CFF
        or 0x1AFF0 <= code <= 0x1B2FF
        or 0x20000 <= code <= 0x3FFFF
    )


_folds = _Folds()
_words = _Words()


class _Tokens(dict[str, tuple[list[str], list[str]]]):
    """What stands between two blanks to its words and the joined forms of them, of texts beyond ASCII, where folding and
    splitting is work. Names are made of the same words again and again.
    """

    def __missing__(self, part: str) -> tuple[list[str], list[str]]:
        folded = fold(part)
        found = _split(folded), [*_joined(folded.lower())]
        if len(part) <= _WORD_LENGTH and "@" not in part:  # neither an address nor a sentence without blanks
            if len(self) >= _WORDS_KEPT:
                self.clear()
            self[part] = found
        return found


_tokens = _Tokens()


def fold(text: str) -> str:
    """The text without case, accents and width, blanks squeezed to single spaces. Folding twice changes nothing."""
    if text.isascii():
        return " ".join(text.lower().split())
    import unicodedata

    return unicodedata.normalize("NFC", " ".join(text.translate(_folds).split()))


def tokens(text: str) -> list[str]:
    """What the index holds for a text: its words in order, then the joined forms of hyphenated and abbreviated ones.

    ``O'Brien`` is also found as ``obrien``, ``Coca-Cola`` as ``cocacola``, ``J.P.`` as ``jp``. The joined forms stand last, so
    that phrases still meet the words side by side.
    """
    if text.isascii():
        out = _split(text)
        if "." in text or "'" in text or "-" in text or "&" in text:
            out.extend(_joined(text.lower()))
        return out
    out = []
    joined: list[str] = []
    for part in text.split():
        found, also = _tokens[part]
        out += found
        if also:
            joined += also
    return out + joined if joined else out


def words(text: str) -> list[str]:
    """The words of a text in order, as a query asks for them: runs of folded letters and digits, CJK characters singly."""
    return _split(text if text.isascii() else fold(text))


def _split(text: str) -> list[str]:
    """The words of text that is folded or ASCII."""
    ascii_text = text.isascii()
    found = (text.encode().translate(_ASCII_WORDS).decode() if ascii_text else text.translate(_words)).split()
    for word in found:
        if len(word) > MAX_TOKEN:
            return [word[:MAX_TOKEN] for word in found]
    return found


def _joined(folded: str) -> Iterator[str]:
    for part in folded.split():
        at = part.find("@")
        if at > 0 and part[at - 1].isalnum() and part[at + 1 : at + 2].isalnum():
            continue  # what holds the middle of an address is never one word
        part = part.strip(_EDGES)
        for mark in _JOINS:
            if mark in part:
                cores = [_split(piece) for piece in part.replace("-", "'").replace("&", "'").split("'")]
                if all(len(core) == 1 for core in cores):
                    yield "".join(core[0] for core in cores)[:MAX_TOKEN]
                break
        else:
            letters = part.split(".")
            if len(letters) > 1 and all(len(letter) == 1 and letter.isalpha() for letter in letters):
                yield "".join(letters)


def phone_digits(text: str) -> str:
    """The digits of a phone number in ASCII, whatever the script; a leading ``+`` or ``00`` and an extension are left out."""
    if text.isascii():
        raw = text.encode()
        if raw.translate(None, _PHONE_BYTES):
            raw = _number_part(text).encode()
    else:
        raw = _number_part(fold(text)).encode("ascii", "replace")
    if b"(0)" in raw:
        raw = raw.replace(b"(0)", b"", 1)
    return raw.translate(None, _NOT_DIGITS).removeprefix(b"00").decode()


def _number_part(text: str) -> str:
    """A number with words around it, up to where an extension or a second number begins."""
    digits = 0
    for place, char in enumerate(text):
        if "0" <= char <= "9":
            digits += 1
        elif (digits > 4 and (char.isalpha() or char in ";#,")) or (digits > 6 and char == "/"):
            return text[:place]
    return text


def phone_key(text: str) -> str:
    """The number's digits in reverse without the trunk zero: numbers that end alike have keys that begin alike."""
    return phone_digits(text)[::-1].rstrip("0") or phone_digits(text)[::-1]


def phone_range(text: str) -> tuple[str, str] | None:
    """The half-open range of keys in which every spelling of a number lies; ``None`` below three digits.

    The range is as narrow as the last seven digits; ``phone_match_length`` tells the hits apart.
    """
    key = phone_key(text)[:PHONE_REACH]
    return (key, key + ":") if len(key) >= _PHONE_LEAST else None


def phone_match_length(a: str, b: str) -> int:
    """How many digits, counted from the end, two numbers have in common."""
    one, other = phone_key(a), phone_key(b)
    for place, (x, y) in enumerate(zip(one, other, strict=False)):
        if x != y:
            return place
    return min(len(one), len(other))


def phone_same(a: str, b: str) -> bool:
    """Whether two spellings may be one number: one ends with all of the other, or nine digits agree (trunk prefixes differ)."""
    common = phone_match_length(a, b)
    return common >= 9 or (common >= _PHONE_LEAST and common == min(len(phone_key(a)), len(phone_key(b))))


class SearchQuery(Struct):
    """What a person searches for, neutral to the engine.

    ``words``: every one must occur; each is a phrase of adjacent tokens (one token for most).
    ``prefix``: the last token of the last phrase may be the beginning of a longer one, because it may still be being typed.
    ``each``: with ``prefix``, every word may be such a beginning, which is asked where nothing else is found.
    ``text``: all of it folded, for exact names.
    ``email``: the address, or beginning of one, that it looks like.
    ``digits``: the phone number it looks like, as ``phone_digits`` gives it.
    """

    words: tuple[tuple[str, ...], ...]
    prefix: bool
    text: str
    email: str | None = None
    digits: str | None = None
    each: bool = False

    def __bool__(self) -> bool:
        return bool(self.words)


def parse_query(text: str) -> SearchQuery:
    """The search a person typed: ``"quoted words"`` are one phrase, the last word is a beginning unless a space follows."""
    phrases: list[tuple[str, ...]] = []
    prefix = False
    parts = text.split('"')
    for number, part in enumerate(parts):
        quoted = number % 2 == 1
        for piece in [part] if quoted else part.split():
            found = tuple(words(piece))
            if found:
                phrases.append(found)
                prefix = not quoted or number == len(parts) - 1  # a quote still open is still being typed
    if text[-1:].isspace():
        prefix = False
    folded = fold(text.replace('"', " "))
    return SearchQuery(tuple(phrases), prefix, folded, _email_part(folded), _phone_part(text))


def _email_part(folded: str) -> str | None:
    address = folded.removeprefix("mailto:").strip("<>,; ")
    local, at, _ = address.partition("@")
    return address if at and local and " " not in address else None


def _phone_part(text: str) -> str | None:
    body = text.strip().removeprefix("tel:")
    if not body or not all(char.isdecimal() or char in " +-()./\u00a0\u202f" for char in _number_part(body)):
        return None
    digits = phone_digits(body)
    return digits if len(digits) >= _PHONE_LEAST else None
