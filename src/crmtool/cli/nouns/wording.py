"""The help of the verbs, worded for each noun; examples are commands that work on a sample workspace.

What is said here of a noun that has no words of its own is made from its definition.
"""

from __future__ import annotations

from crmtool.cli.help import with_examples
from crmtool.core.messages import N_, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.registry import Entity

# What `add` does, where “add one” says too little.
ADD = {
    "contact": N_("Add a person. A company that is not there yet is made on the way."),
    "company": N_("Add a company."),
    "deal": N_("Add a deal. Without a stage it starts in the first one of the default pipeline."),
    "activity": N_("Add something that happened. “crm log” is the short way."),
    "task": N_("Add something to do."),
    "note": N_("Add a remark; its first line is its title."),
    "product": N_("Add something you sell."),
    "order": N_("Add something that was bought; its name is its number."),
    "quota": N_("Add what a person or a team is to reach in a period."),
    "rate": N_("Add an exchange rate: the currency, and how much of your own one unit of it is worth."),
    "pipeline": N_("Add a way that deals can go; give it stages with “crm stage add”."),
    "stage": N_("Add a step to a pipeline; it comes last unless you say its position."),
    "view": N_("Keep a filter with its order and columns under a name."),
    "tag": N_("Add a tag. Tags also come to be when a record is given one."),
    "field": N_("Add a field of your own to a kind of record: the kind, the label, then what it holds."),
    "object": N_("Add a kind of record of your own; it gets a noun with all verbs."),
    "user": N_("Add somebody who works here."),
    "team": N_("Add a team."),
}

EXAMPLES: dict[str, dict[str, tuple[str, ...]]] = {
    "contact": {
        "add": (
            'crm contact add "Ana Ruiz" email=ana@acme.es company=Acme tags=vip',
            'crm contact add "Ana Ruiz" phone="+34 600 123 456" title=CTO lifecycle=customer',
            "crm contact add --from people.csv --dry-run",
        ),
        "list": (
            "crm contact list lifecycle=customer --sort -last_contacted",
            "crm contact list 'company.industry = retail and last_contacted < -30d' --csv",
            "crm contact list --list Newsletter --fields name,emails",
        ),
        "show": ("crm contact show ana@acme.es", "crm contact show @k7x2p9qa --json"),
        "set": (
            'crm contact set "Ana Ruiz" title=CEO tags+=vip phone=',
            "crm contact set --where 'company = Acme' owner=me --dry-run",
        ),
        "rm": ('crm contact rm "Ana Ruiz"', "crm contact rm --where 'tags has bounced' --yes"),
        "reassign": (
            "crm contact reassign --from me --to ben@example.com --dry-run",
            "crm contact reassign --where 'company = Acme' --to ben@example.com --with deals,tasks --yes",
        ),
    },
    "company": {
        "add": (
            "crm company add Acme domain=acme.es industry=Retail employees=120",
            "crm company add --from companies.json",
        ),
        "list": (
            "crm company list 'employees > 50' --sort -open_value",
            "crm company list 'tags has partner' --json",
        ),
        "show": ("crm company show Acme", "crm company show acme.es"),
        "set": ("crm company set Acme owner=me tags+=partner", "crm company set Acme revenue=12m"),
    },
    "deal": {
        "add": (
            'crm deal add "Acme: 40 seats" company=Acme contact=ana@acme.es amount=12k close=eoq',
            'crm deal add "Renewal" company=Acme stage=Proposal amount="4 800 USD"',
        ),
        "list": (
            "crm deal list status=open --sort -amount",
            "crm deal list 'stage = Proposal and close < eom' --fields name,company,amount",
            "crm deal list status=open --as-of 2026-01-01",
        ),
        "show": ("crm deal show @k7x2p9qa",),
        "set": ("crm deal set @k7x2p9qa amount=15k close=friday", "crm deal set @k7x2p9qa stage=won"),
    },
    "task": {
        "add": (
            'crm task add "Send the offer" contact=ana@acme.es due=friday',
            'crm task add "Weekly call" company=Acme due=monday "repeat=FREQ=WEEKLY;BYDAY=MO"',
        ),
        "list": ("crm task list 'status = open and due <= today'", "crm task list owner=me --sort due"),
        "show": ("crm task show @k7x2p9qa",),
        "set": ("crm task set @k7x2p9qa due=+3d priority=high",),
    },
    "activity": {
        "add": (
            'crm activity add "Asked about prices" type=call contact=ana@acme.es duration=15 at="today 9:30"',
        ),
        "list": ("crm activity list 'happened > -7d and owner = me'",),
    },
    "note": {
        "add": ('crm note add "Prefers to be called in the morning" contact=ana@acme.es',),
        "list": ("crm note list company=Acme",),
    },
    "product": {
        "add": ('crm product add "Support plan" code=SUP-1 price=49 recurrence=monthly',),
        "list": ("crm product list active=yes --sort -price",),
    },
    "order": {
        "add": ("crm order add 2026-0117 company=Acme total=1250 date=today",),
        "list": ("crm order list 'ordered_on > boy' --sort -total",),
    },
    "quota": {
        "add": ("crm quota add user=me amount=50k period=quarter starts_on=boq",),
        "list": ("crm quota list user=me",),
    },
    "rate": {
        "add": ("crm rate add USD base=EUR rate=0.92 date=today",),
        "list": ("crm rate list name=USD",),
    },
    "file": {
        "add": (
            "crm file add offer.pdf --to @k7x2p9qa",
            "crm file add offer.pdf contract.pdf company=Acme",
            "curl -s https://example.com/offer.pdf | crm file add - name=offer.pdf",
        ),
        "list": ("crm file list 'bytes > 1000000'", "crm file list --of @k7x2p9qa"),
        "open": ("crm file open offer.pdf",),
        "extract": (
            "crm file extract offer.pdf",
            "crm file extract --of @k7x2p9qa --to offers",
            "crm file extract offer.pdf --to -",
        ),
    },
    "pipeline": {
        "add": ("crm pipeline add Partners", "crm pipeline add Partners default=yes"),
        "list": ("crm pipeline list",),
        "show": ("crm pipeline show", "crm pipeline show Sales --json"),
    },
    "stage": {
        "add": ("crm stage add Demo pipeline=Sales probability=40 rotting_days=14",),
        "list": ("crm stage list pipeline=Sales",),
        "set": ("crm stage set Proposal required=amount,close_on", "crm stage set Demo position=2"),
    },
    "list": {
        "add": (
            "crm list add Newsletter",
            'crm list add Newsletter ana@acme.es "Ben Ode"',
            "crm list add Newsletter --where 'tags has news'",
        ),
        "list": ("crm list list",),
        "show": ("crm list show Newsletter --csv",),
        "remove": ("crm list remove Newsletter ana@acme.es",),
    },
    "view": {
        "add": (
            "crm view add Hot of=deal 'filter=status = open and amount > 10k' sort=-amount columns=name,company,amount",
        ),
        "list": ("crm view list",),
        "show": ("crm view show Hot", "crm view show Hot --json"),
    },
    "tag": {
        "add": ("crm tag add vip colour=gold",),
        "list": ("crm tag list",),
    },
    "field": {
        "add": (
            'crm field add contact "Shoe size" kind=number',
            "crm field add company Tier kind=choice choices=gold,silver,bronze",
        ),
        "list": ("crm field list of=contact",),
        "set": ('crm field set "Shoe size" label=Size',),
        "choices": (
            "crm field choices company tier",
            "crm field choices company tier add=platinum",
            "crm field choices contact lifecycle add=partner rename=lead:Prospect",
        ),
    },
    "object": {
        "add": ("crm object add Machine plural=machines",),
        "list": ("crm object list",),
    },
    "user": {
        "add": ('crm user add "Ben Ode" email=ben@example.com role=member team=North',),
        "list": ("crm user list active=yes",),
    },
    "team": {
        "add": ('crm team add North lead="Ben Ode"',),
        "list": ("crm team list",),
    },
}

FILTERS = N_(
    "Filters compare fields: name ~ ruiz, amount > 10k, due <= eow, tags has vip, owner = me; with and, or, not."
)
WORDS = N_(
    "Words are field=value; “{noun} list --fields” names the fields. tags+=a adds to a field with several values, "
    "tags-=a takes from it, phone= empties."
)


def add(entity: Entity) -> str:
    """The help of ``add``."""
    first = (
        t(ADD[entity.key])
        if entity.key in ADD and not entity.own_id
        else t("Add to {plural}.", plural=entity.plural_label())
    )
    return compose(
        entity, "add", first, t(WORDS, noun=command(entity)),
        t("--from reads many from a file, as one piece of work: rows that cannot be added are listed, the exit code is then 7."),
    )  # fmt: skip


def listing(entity: Entity) -> str:
    """The help of ``list``."""
    first = t("{plural}: all of them, or those that match a filter.", plural=entity.plural_label())
    return compose(entity, "list", first, t(FILTERS))


def show(entity: Entity) -> str:
    """The help of ``show``."""
    return compose(
        entity,
        "show",
        t("Everything about one: its fields, what it is tied to, what is next, what happened."),
    )


def change(entity: Entity) -> str:
    """The help of ``set``."""
    return compose(
        entity, "set", t("Change fields of one, of several, or of all that match."), t(WORDS, noun=command(entity)),
        t("Before more than one record is changed you are asked; a script says --yes."),
    )  # fmt: skip


def compose(entity: Entity, verb: str, *paragraphs: str) -> str:
    """The help text of a verb: paragraphs, then the noun's examples."""
    return with_examples("\n\n".join(paragraphs), *examples(entity, verb))


def examples(entity: Entity, verb: str) -> tuple[str, ...]:
    """Commands that show a verb at work; for an own object they are made from its fields."""
    if not entity.own_id:
        return EXAMPLES.get(entity.key, {}).get(verb, ())
    noun = command(entity)
    own = next((field for field in entity.own_fields if field.kind.name in _SAMPLES), None)
    word = f" {own.key}={_SAMPLES[own.kind.name]}" if own else ""
    return {
        "add": (f'crm {noun} add "{entity.label()} 1"{word}',),
        "list": (f"crm {noun} list{word}",),
        "set": (f'crm {noun} set "{entity.label()} 1"{word or " name=…"}',),
        "show": (f'crm {noun} show "{entity.label()} 1"',),
    }.get(verb, ())


def command(entity: Entity) -> str:
    """The noun as it is typed."""
    return entity.key


_SAMPLES = {"number": "42", "text": "…", "date": "today", "yesno": "yes", "money": "100", "tags": "a,b"}
