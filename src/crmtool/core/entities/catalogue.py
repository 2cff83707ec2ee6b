"""What is sold and at what rate: products, orders, exchange rates."""

from __future__ import annotations

from crmtool.core.fields import Choice, field
from crmtool.core.kinds import CHOICE, DATE, JSON, LONGTEXT, MONEY, NUMBER, REFERENCE, TEXT, YESNO
from crmtool.core.messages import N_
from crmtool.core.registry import entity

RECURRENCE = (
    Choice("once", N_("Once")),
    Choice("monthly", N_("Monthly")),
    Choice("quarterly", N_("Quarterly")),
    Choice("yearly", N_("Yearly")),
)
ORDER_STATUS = (
    Choice("draft", N_("Draft")),
    Choice("placed", N_("Placed")),
    Choice("fulfilled", N_("Fulfilled")),
    Choice("cancelled", N_("Cancelled")),
)

PRODUCT = entity(
    "product",
    "products",
    N_("Product"),
    N_("Products"),
    [
        field("name", TEXT, N_("Name"), required=True, search="name", indexed=True),
        field("code", TEXT, N_("Code"), search="text", indexed=True, aliases=("sku",)),
        field("price", MONEY, N_("Price")),
        field("recurrence", CHOICE, N_("Billing"), choices=RECURRENCE, default="once"),
        field("active", YESNO, N_("Active"), default=True),
        field("description", LONGTEXT, N_("Description"), search="text"),
    ],
    list_fields=("code", "name", "price", "recurrence", "active"),
    default_sort="name",
    search="names",
)

ORDER = entity(
    "order",
    "orders",
    N_("Order"),
    N_("Orders"),
    [
        field("name", TEXT, N_("Number"), required=True, search="text", indexed=True, aliases=("number",)),
        field("company", REFERENCE, N_("Company"), target="company", indexed=True),
        field("contact", REFERENCE, N_("Contact"), target="contact", indexed=True),
        field("deal", REFERENCE, N_("Deal"), target="deal", indexed=True),
        field("ordered_on", DATE, N_("Ordered on"), indexed=True, aliases=("date",)),
        field("total", MONEY, N_("Total"), aliases=("amount",)),
        field("recurrence", CHOICE, N_("Billing"), choices=RECURRENCE, default="once"),
        field("status", CHOICE, N_("Status"), choices=ORDER_STATUS, default="placed"),
        field("lines", JSON, N_("Lines"), help=N_("A list of objects with product, quantity and price.")),
        field("owner", REFERENCE, N_("Owner"), target="user"),
    ],
    list_fields=("ordered_on", "name", "company", "contact", "total", "status"),
    default_sort="-ordered_on",
    search="text",
)

RATE = entity(
    "rate",
    "rates",
    N_("Exchange rate"),
    N_("Exchange rates"),
    [
        field("name", TEXT, N_("Currency"), required=True, indexed=True, aliases=("currency",)),
        field("base", TEXT, N_("Base currency")),
        field(
            "rate",
            NUMBER,
            N_("Rate"),
            required=True,
            help=N_("Units of the base currency for one unit of the currency."),
        ),
        field("valid_on", DATE, N_("Valid from"), required=True, indexed=True, aliases=("date",)),
    ],
    list_fields=("name", "base", "rate", "valid_on"),
    default_sort="-valid_on",
)

ENTITIES = (PRODUCT, ORDER, RATE)
