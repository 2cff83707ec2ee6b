"""The typed models of the built-in entities. Generated from the definitions: ``make docs``."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from crmtool.store.modelling import Record
from crmtool.store.values import Address, Entry, Money, Ref

__all__ = ["NAMES", "Address", "Entry", "Money", "Record", "Ref"]

NAMES: dict[str, str]

# What may be given for a value: its own type, or the way a person would write it.
AnAmount: TypeAlias = Money | Decimal | int | float | str | None
ARecord: TypeAlias = Ref | Record | str | None
ADay: TypeAlias = date | str | None
AMoment: TypeAlias = datetime | str | None
Addresses: TypeAlias = Sequence[Entry[Address] | Address | dict[str, Any] | str] | Address | str
Texts: TypeAlias = Sequence[Entry[str] | dict[str, Any] | str] | str
Words: TypeAlias = Iterable[str] | str

class Contact(Record):
    name: str
    company: Ref | None
    title: str | None
    department: str | None
    emails: list[Entry[str]]
    phones: list[Entry[str]]
    lifecycle: str | None
    owner: Ref | None
    tags: list[str]
    source: str | None
    given_name: str | None
    family_name: str | None
    nickname: str | None
    phonetic_name: str | None
    addresses: list[Entry[Address]]
    urls: list[Entry[str]]
    birthday: date | None
    language: str | None
    timezone: str | None
    do_not_contact: bool | None
    description: str | None
    last_contacted_at: datetime | None
    next_step_on: date | None
    def __init__(
        self,
        *,
        name: str,
        company: ARecord = ...,
        title: str | None = ...,
        department: str | None = ...,
        emails: Texts = ...,
        phones: Texts = ...,
        lifecycle: str | None = ...,
        owner: ARecord = ...,
        tags: Words = ...,
        source: str | None = ...,
        given_name: str | None = ...,
        family_name: str | None = ...,
        nickname: str | None = ...,
        phonetic_name: str | None = ...,
        addresses: Addresses = ...,
        urls: Texts = ...,
        birthday: ADay = ...,
        language: str | None = ...,
        timezone: str | None = ...,
        do_not_contact: bool | None = ...,
        description: str | None = ...,
        **own: Any,
    ) -> None: ...

class Company(Record):
    name: str
    domain: str | None
    industry: str | None
    employees: int | float | None
    revenue: Money | None
    emails: list[Entry[str]]
    phones: list[Entry[str]]
    lifecycle: str | None
    owner: Ref | None
    tags: list[str]
    parent: Ref | None
    addresses: list[Entry[Address]]
    urls: list[Entry[str]]
    source: str | None
    description: str | None
    last_contacted_at: datetime | None
    open_value: Money | None
    won_value: Money | None
    def __init__(
        self,
        *,
        name: str,
        domain: str | None = ...,
        industry: str | None = ...,
        employees: int | float | None = ...,
        revenue: AnAmount = ...,
        emails: Texts = ...,
        phones: Texts = ...,
        lifecycle: str | None = ...,
        owner: ARecord = ...,
        tags: Words = ...,
        parent: ARecord = ...,
        addresses: Addresses = ...,
        urls: Texts = ...,
        source: str | None = ...,
        description: str | None = ...,
        **own: Any,
    ) -> None: ...

class Deal(Record):
    name: str
    company: Ref | None
    contact: Ref | None
    pipeline: Ref | None
    stage: Ref | None
    amount: Money | None
    status: str | None
    close_on: date | None
    closed_on: date | None
    lost_reason: str | None
    probability: int | float | None
    owner: Ref | None
    source: str | None
    tags: list[str]
    description: str | None
    stage_entered_at: datetime | None
    last_contacted_at: datetime | None
    next_step_on: date | None
    def __init__(
        self,
        *,
        name: str,
        company: ARecord = ...,
        contact: ARecord = ...,
        pipeline: ARecord = ...,
        stage: ARecord = ...,
        amount: AnAmount = ...,
        status: str | None = ...,
        close_on: ADay = ...,
        closed_on: ADay = ...,
        lost_reason: str | None = ...,
        probability: int | float | None = ...,
        owner: ARecord = ...,
        source: str | None = ...,
        tags: Words = ...,
        description: str | None = ...,
        **own: Any,
    ) -> None: ...

class Pipeline(Record):
    name: str
    default: bool | None
    position: int | float | None
    description: str | None
    def __init__(
        self,
        *,
        name: str,
        default: bool | None = ...,
        position: int | float | None = ...,
        description: str | None = ...,
        **own: Any,
    ) -> None: ...

class Stage(Record):
    name: str
    pipeline: Ref
    position: int | float | None
    probability: int | float | None
    rotting_days: int | float | None
    required: Any
    def __init__(
        self,
        *,
        name: str,
        pipeline: ARecord,
        position: int | float | None = ...,
        probability: int | float | None = ...,
        rotting_days: int | float | None = ...,
        required: Any = ...,
        **own: Any,
    ) -> None: ...

class Quota(Record):
    name: str | None
    user: Ref | None
    team: Ref | None
    pipeline: Ref | None
    period: str | None
    starts_on: date
    amount: Money
    def __init__(
        self,
        *,
        starts_on: ADay,
        amount: AnAmount,
        name: str | None = ...,
        user: ARecord = ...,
        team: ARecord = ...,
        pipeline: ARecord = ...,
        period: str | None = ...,
        **own: Any,
    ) -> None: ...

class Activity(Record):
    name: str
    type: str | None
    happened_at: datetime | None
    contact: Ref | None
    company: Ref | None
    deal: Ref | None
    direction: str | None
    duration: int | float | None
    outcome: str | None
    owner: Ref | None
    body: str | None
    def __init__(
        self,
        *,
        name: str,
        type: str | None = ...,
        happened_at: AMoment = ...,
        contact: ARecord = ...,
        company: ARecord = ...,
        deal: ARecord = ...,
        direction: str | None = ...,
        duration: int | float | None = ...,
        outcome: str | None = ...,
        owner: ARecord = ...,
        body: str | None = ...,
        **own: Any,
    ) -> None: ...

class Task(Record):
    name: str
    due_on: date | None
    remind_at: datetime | None
    status: str | None
    done_at: datetime | None
    priority: str | None
    repeat: str | None
    contact: Ref | None
    company: Ref | None
    deal: Ref | None
    owner: Ref | None
    body: str | None
    def __init__(
        self,
        *,
        name: str,
        due_on: ADay = ...,
        remind_at: AMoment = ...,
        status: str | None = ...,
        done_at: AMoment = ...,
        priority: str | None = ...,
        repeat: str | None = ...,
        contact: ARecord = ...,
        company: ARecord = ...,
        deal: ARecord = ...,
        owner: ARecord = ...,
        body: str | None = ...,
        **own: Any,
    ) -> None: ...

class Note(Record):
    name: str | None
    body: str | None
    contact: Ref | None
    company: Ref | None
    deal: Ref | None
    owner: Ref | None
    files: Any
    def __init__(
        self,
        *,
        name: str | None = ...,
        body: str | None = ...,
        contact: ARecord = ...,
        company: ARecord = ...,
        deal: ARecord = ...,
        owner: ARecord = ...,
        files: Any = ...,
        **own: Any,
    ) -> None: ...

class Product(Record):
    name: str
    code: str | None
    price: Money | None
    recurrence: str | None
    active: bool | None
    description: str | None
    def __init__(
        self,
        *,
        name: str,
        code: str | None = ...,
        price: AnAmount = ...,
        recurrence: str | None = ...,
        active: bool | None = ...,
        description: str | None = ...,
        **own: Any,
    ) -> None: ...

class Order(Record):
    name: str
    company: Ref | None
    contact: Ref | None
    deal: Ref | None
    ordered_on: date | None
    total: Money | None
    recurrence: str | None
    status: str | None
    lines: Any
    owner: Ref | None
    def __init__(
        self,
        *,
        name: str,
        company: ARecord = ...,
        contact: ARecord = ...,
        deal: ARecord = ...,
        ordered_on: ADay = ...,
        total: AnAmount = ...,
        recurrence: str | None = ...,
        status: str | None = ...,
        lines: Any = ...,
        owner: ARecord = ...,
        **own: Any,
    ) -> None: ...

class Rate(Record):
    name: str
    base: str | None
    rate: int | float
    valid_on: date
    def __init__(
        self, *, name: str, rate: int | float, valid_on: ADay, base: str | None = ..., **own: Any
    ) -> None: ...

class User(Record):
    name: str
    email: str | None
    role: str | None
    team: Ref | None
    active: bool | None
    def __init__(
        self,
        *,
        name: str,
        email: str | None = ...,
        role: str | None = ...,
        team: ARecord = ...,
        active: bool | None = ...,
        **own: Any,
    ) -> None: ...

class Team(Record):
    name: str
    lead: Ref | None
    def __init__(self, *, name: str, lead: ARecord = ..., **own: Any) -> None: ...

class Link(Record):
    relation: str | None
    from_entity: str
    to_entity: str
    to: Ref
    role: str | None
    starts_on: date | None
    ends_on: date | None
    def __init__(
        self,
        *,
        from_entity: str,
        to_entity: str,
        to: ARecord,
        relation: str | None = ...,
        role: str | None = ...,
        starts_on: ADay = ...,
        ends_on: ADay = ...,
        **own: Any,
    ) -> None: ...

class Tag(Record):
    name: str
    colour: str | None
    description: str | None
    def __init__(
        self, *, name: str, colour: str | None = ..., description: str | None = ..., **own: Any
    ) -> None: ...

class List(Record):
    name: str
    of: str | None
    description: str | None
    def __init__(
        self, *, name: str, of: str | None = ..., description: str | None = ..., **own: Any
    ) -> None: ...

class View(Record):
    name: str
    of: str
    filter: str | None
    sort: str | None
    columns: Any
    description: str | None
    def __init__(
        self,
        *,
        name: str,
        of: str,
        filter: str | None = ...,
        sort: str | None = ...,
        columns: Any = ...,
        description: str | None = ...,
        **own: Any,
    ) -> None: ...

class File(Record):
    name: str
    sha256: str | None
    bytes: int | float | None
    media_type: str | None
    def __init__(self, *, name: str, media_type: str | None = ..., **own: Any) -> None: ...

class Object(Record):
    name: str
    plural_name: str | None
    key: str
    plural: str | None
    help: str | None
    def __init__(
        self,
        *,
        name: str,
        key: str,
        plural_name: str | None = ...,
        plural: str | None = ...,
        help: str | None = ...,
        **own: Any,
    ) -> None: ...

class Field(Record):
    name: str
    of: str
    key: str
    kind: str | None
    multi: bool | None
    required: bool | None
    choices: Any
    target: str | None
    searchable: bool | None
    tracked: bool | None
    personal: bool | None
    overrides: bool | None
    help: str | None
    def __init__(
        self,
        *,
        name: str,
        of: str,
        key: str,
        kind: str | None = ...,
        multi: bool | None = ...,
        required: bool | None = ...,
        choices: Any = ...,
        target: str | None = ...,
        searchable: bool | None = ...,
        tracked: bool | None = ...,
        personal: bool | None = ...,
        overrides: bool | None = ...,
        help: str | None = ...,
        **own: Any,
    ) -> None: ...
