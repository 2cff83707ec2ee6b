"""The registry: every entity in every projection, and a user's own fields and objects beside the built-in ones."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

from crmtool.core import entities, ids
from crmtool.core.entities import builtin
from crmtool.core.errors import UsageError
from crmtool.core.messages import PSEUDO_LOCALE, use_language
from crmtool.core.registry import Entity, Registry

ENTITIES = list(builtin().entities.values())


def test_the_table_of_entities_names_them_all() -> None:
    """What is loaded when it is asked for is known by name before."""
    found = {
        name: {e.key: e.plural for e in import_module(f"crmtool.core.entities.{name}").ENTITIES}
        for name in (module.name for module in iter_modules(entities.__path__))
        if hasattr(import_module(f"crmtool.core.entities.{name}"), "ENTITIES")
    }
    assert found == entities.MODULES


def test_the_built_in_entities_behave_as_the_dictionary_they_stand_for() -> None:
    whole, lazy = {entity.key: entity for entity in ENTITIES}, entities.BuiltIn()
    assert lazy["rate"] is whole["rate"]
    assert (len(lazy), [*lazy], [*lazy.keys()]) == (len(whole), [*whole], [*whole])
    assert {**lazy} == dict(lazy) == dict(lazy.items()) == whole
    assert [*lazy.values()] == ENTITIES
    assert "rate" in lazy
    assert "rates" not in lazy
    assert lazy.get("rates") is None
    with pytest.raises(KeyError):
        lazy["rates"]
    for entity in ENTITIES:
        assert builtin().entity(entity.plural) is builtin().entity(entity.key) is entity


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda e: e.key)
def test_a_definition_is_whole(entity: Entity) -> None:
    assert entity.name_field in entity.fields
    assert entity.list_fields
    assert all(key in entity.fields for key in entity.list_fields)
    assert entity.search in ("", "names", "text")
    columns = [name for f in entity.fields.values() for name, _ in f.columns]
    assert len(columns) == len(set(columns))
    for key, field in entity.fields.items():
        assert field.key == key
        assert field.name
        if field.kind.name in ("choice", "multichoice"):
            assert field.choices
        if field.target:
            assert field.target in builtin().entities
        if field.derived and field.derived.source:
            source = builtin().entities[field.derived.source]
            assert source.fields[field.derived.via].target == entity.key
            assert all(name in source.fields for name in field.derived.reads)
        for alias in field.aliases:
            assert entity.find(alias) is field
            assert alias not in entity.fields


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda e: e.key)
def test_every_label_is_a_message(entity: Entity) -> None:
    use_language(PSEUDO_LOCALE)
    try:
        labels = [entity.label(), entity.plural_label()]
        labels += [
            text for f in entity.fields.values() for text in (f.label(), *(c.text() for c in f.choices))
        ]
        assert all(label.startswith("⟦") for label in labels)
    finally:
        use_language(None)


def test_what_searches_people_is_marked_personal() -> None:
    contact = builtin().entity("contact")
    for key in ("name", "emails", "phones", "addresses", "birthday", "description"):
        assert contact.fields[key].personal


def test_a_wrong_name_gets_a_suggestion() -> None:
    with pytest.raises(UsageError) as caught:
        builtin().entity("contcat")
    assert "contact" in str(caught.value.hint)
    with pytest.raises(UsageError) as caught:
        builtin().entity("contact").field("emial")
    assert "email" in str(caught.value.hint)


def own(registry: Registry | None = None) -> Registry:
    machine = {
        "id": ids.new_id(),
        "key": "machine",
        "plural": "machines",
        "name": "Machine",
        "plural_name": "Machines",
    }
    fields: list[dict[str, Any]] = [
        {"id": ids.new_id(), "of": "contact", "key": "size", "name": "Size", "kind": "number"},
        {"id": ids.new_id(), "of": "contact", "key": "size", "name": "Size again", "kind": "text"},
        {"id": ids.new_id(), "of": "machine", "key": "serial", "name": "Serial", "kind": "text", "searchable": True},
        {"id": ids.new_id(), "of": "contact", "key": "lifecycle", "name": "Lifecycle", "overrides": True,
         "kind": "choice", "choices": [{"key": "fan", "label": "Fan"}]},
        {"id": ids.new_id(), "of": "nothing", "key": "lost", "name": "Lost", "kind": "text"},
    ]  # fmt: skip
    return (registry or builtin()).with_own([machine], fields)


def test_own_definitions_are_like_built_in_ones() -> None:
    registry = own()
    contact, machine = registry.entity("contact"), registry.entity("machines")
    assert contact.field("size").kind.name == "number"
    assert contact.field("size_2").kind.name == "text"
    assert machine.field("serial").search == "text"
    assert machine.list_fields == ("name", "serial")
    assert [c.key for c in contact.field("lifecycle").choices] == ["fan"]
    assert "size" not in builtin().entity("contact").fields
    assert list(contact.fields)[-1] == "deleted_at"


def test_an_own_object_with_a_taken_word_keeps_both() -> None:
    registry = builtin().with_own(
        [{"id": ids.new_id(), "key": "deal", "plural": "deals", "name": "Deal"}], []
    )
    assert registry.entity("deal_2").own_id
    assert registry.entity("deal").own_id is None


def test_references_to_a_record_are_known() -> None:
    found = {(e.key, f.key) for e, f in builtin().references_to("contact")}
    assert {("deal", "contact"), ("task", "contact"), ("note", "contact"), ("activity", "contact")} <= found
