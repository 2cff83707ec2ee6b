"""The filter language that command line, views and screens share: text in, ``core.query`` tree out, and back.

``docs/filters.md`` teaches it. ``scanner`` cuts the text, ``parser`` knows the grammar, ``paths`` the fields, ``conditions``
what may follow one, ``values`` reads a value as its field means it, ``spans`` knows days and months; ``writing`` is the way
back, ``completion`` says what could come next.
"""

from __future__ import annotations

from crmtool.core.queries.context import QueryContext
from crmtool.core.queries.parser import parse
from crmtool.core.queries.paths import parse_sort
from crmtool.core.queries.writing import unparse

__all__ = ["QueryContext", "parse", "parse_sort", "unparse"]
