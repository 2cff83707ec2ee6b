"""A CRM that lives in the terminal; for programs and notebooks, a workspace as typed objects::

    from crmtool import Contact, open_workspace

    with open_workspace() as ws:
        ws.contacts.add(Contact(name="Ana Ruiz", emails=["ana@acme.es"], company="Acme"))

Importing the package loads nothing; the first of these names that is used loads what stands behind it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.api import Records, Workspace, create_workspace, open_workspace
    from crmtool.core.errors import (
        AmbiguousError,
        ConflictError,
        CrmError,
        DeniedError,
        FilterError,
        NotFoundError,
        StoreError,
        UsageError,
        ValidationError,
    )
    from crmtool.store.modelling import Record
    from crmtool.store.models import (
        Activity,
        Company,
        Contact,
        Deal,
        Note,
        Order,
        Pipeline,
        Product,
        Quota,
        Rate,
        Stage,
        Tag,
        Task,
        Team,
        User,
        View,
    )
    from crmtool.store.values import Address, Entry, Money, Ref
    from crmtool.version import __version__

__all__ = [
    "Activity",
    "Address",
    "AmbiguousError",
    "Company",
    "ConflictError",
    "Contact",
    "CrmError",
    "Deal",
    "DeniedError",
    "Entry",
    "FilterError",
    "Money",
    "NotFoundError",
    "Note",
    "Order",
    "Pipeline",
    "Product",
    "Quota",
    "Rate",
    "Record",
    "Records",
    "Ref",
    "Stage",
    "StoreError",
    "Tag",
    "Task",
    "Team",
    "UsageError",
    "User",
    "ValidationError",
    "View",
    "Workspace",
    "__version__",
    "create_workspace",
    "open_workspace",
]

_WHERE = {
    "crmtool.api": ("Records", "Workspace", "create_workspace", "open_workspace"),
    "crmtool.store.modelling": ("Record",),
    "crmtool.store.values": ("Address", "Entry", "Money", "Ref"),
    "crmtool.version": ("__version__",),
}


if not TYPE_CHECKING:  # a checker is told of every name above, and that there are no others

    def __getattr__(name):
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        module = next((where for where, names in _WHERE.items() if name in names), None)
        if module is None:
            module = "crmtool.core.errors" if name.endswith("Error") else "crmtool.store.models"
        found = globals()[name] = getattr(import_module(module), name)
        return found


def __dir__() -> list[str]:
    return [*globals(), *__all__]
