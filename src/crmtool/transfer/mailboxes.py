"""The mailboxes that tell nobody apart, as duplicates know them too."""

from __future__ import annotations

from crmtool.match.mailboxes import MAIL_PROVIDERS, ROLE_BOXES

__all__ = ["MAIL_PROVIDERS", "ROLE_BOXES"]
