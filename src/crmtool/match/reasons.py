"""Evidence in words: why two records are taken for one, or not."""

from __future__ import annotations

from crmtool.core.messages import N_, t
from crmtool.match.weights import ALIKE, DIFFERENT, NEAR, SAME, Weights

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from crmtool.match.weights import Evidence

FEATURES = {
    "word": N_("name"),
    "more": N_("further names"),
    "order": N_("order of the names"),
    "email": N_("e-mail"),
    "boxes": N_("mailboxes at one host"),
    "phone": N_("phone"),
    "birthday": N_("birthday"),
    "street": N_("street"),
    "city": N_("city"),
    "postcode": N_("postal code"),
    "region": N_("region"),
    "company": N_("company"),
    "domain": N_("domain"),
    "id": N_("number"),
}
LEVELS = {SAME: N_("same"), NEAR: N_("nearly the same"), ALIKE: N_("alike"), DIFFERENT: N_("different")}
SPOKEN = 0.5  # bits; less than this speaks neither for nor against

_SAME = {
    "email": N_("same e-mail"), "phone": N_("same phone"), "birthday": N_("same birthday"), "street": N_("same street"),
    "city": N_("same city"), "postcode": N_("same postal code"), "region": N_("same region"), "company": N_("same company"),
    "domain": N_("same domain"), "id": N_("same number"),
}  # fmt: skip
_NEAR = {
    "email": N_("e-mail nearly the same"), "phone": N_("phone differs by one digit"), "birthday": N_("birthday nearly the same"),
    "street": N_("street nearly the same"), "city": N_("city nearly the same"), "postcode": N_("postal code nearly the same"),
    "region": N_("region nearly the same"), "domain": N_("domain nearly the same"), "id": N_("number nearly the same"),
}  # fmt: skip
_ALIKE = {
    "email": N_("e-mail alike"), "birthday": N_("birthday alike"), "street": N_("street alike"),
    "boxes": N_("two mailboxes at one host"), "order": N_("given and family name swapped"),
}  # fmt: skip
_DIFFERENT = {
    "email": N_("other e-mail"), "phone": N_("other phone"), "birthday": N_("birthday contradicts"), "street": N_("other street"),
    "city": N_("other city"), "postcode": N_("other postal code"), "region": N_("other region"), "company": N_("other company"),
    "domain": N_("other domain"), "id": N_("other number"),
}  # fmt: skip


def reasons(weights: Weights, found: Iterable[Evidence]) -> list[str]:
    """What speaks for and against, the weightiest first; what says next to nothing is left out."""
    told: list[tuple[float, str]] = []
    words = [evidence for evidence in found if evidence.feature == "word"]
    if words:
        told.append((sum(weights.bits([evidence]) for evidence in words), _names(words)))
    for evidence in found:
        bits = weights.bits([evidence])
        if evidence.feature not in ("word", "more") and abs(bits) >= SPOKEN:
            told.append((bits, _sentence(evidence)))
    told.sort(key=lambda item: -abs(item[0]))
    return [text for _, text in told]


def _sentence(evidence: Evidence) -> str:
    table = {SAME: _SAME, NEAR: _NEAR, ALIKE: _ALIKE, DIFFERENT: _DIFFERENT}[evidence.level]
    return t(table.get(evidence.feature) or FEATURES[evidence.feature])


def _names(words: list[Evidence]) -> str:
    """One sentence about all the words of two names."""
    worst = max(words, key=lambda evidence: (SAME, NEAR, ALIKE, DIFFERENT).index(evidence.level))
    if worst.level == SAME:
        return t("same name")
    pair = {"one": worst.one, "other": worst.other}
    if worst.level == NEAR:
        return t("name nearly the same: {one}, {other}", **pair)
    if worst.level == ALIKE:
        return t("names alike: {one}, {other}", **pair)
    same = [evidence.one for evidence in words if evidence.level == SAME]
    if same:
        return t("only part of the name is the same: {words}", words=" ".join(same))
    return t("other name: {one}, {other}", **pair)


def code(feature: str) -> str:
    """What programs call a feature; that names are compared word by word is nobody's business."""
    return "name" if feature == "word" else feature


def plain(weights: Weights, found: Iterable[Evidence]) -> list[dict[str, Any]]:
    """Evidence for programs, which never varies by language: feature, level, bits and the two folded values."""
    return [
        {
            "feature": code(evidence.feature),
            "level": evidence.level,
            "bits": round(weights.bits([evidence]), 2),
            "values": [value for value in (evidence.one, evidence.other) if value],
        }
        for evidence in found
    ]


__all__ = ["FEATURES", "LEVELS", "code", "plain", "reasons"]
