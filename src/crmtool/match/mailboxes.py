"""What an e-mail address says about its owner: offices share mailboxes, and providers' domains name no company."""

from __future__ import annotations

# Mailboxes of offices, in the languages that use them.
ROLE_BOXES = frozenset(
    (
        "admin", "administration", "billing", "booking", "buchhaltung", "buero", "comercial", "compras", "contact", "contacto",
        "contato", "customerservice", "einkauf", "empfang", "enquiries", "facturacion", "finance", "hallo", "hello", "help",
        "hola", "hr", "info", "informacion", "inquiries", "jobs", "kontakt", "mail", "marketing", "media", "office", "oficina",
        "orders", "post", "postmaster", "presse", "press", "reception", "sales", "secretary", "sekretariat", "service", "shop",
        "support", "team", "ventas", "verkauf", "vertrieb", "vendas", "webmaster", "zentrale",
    )
)  # fmt: skip
# Domains of mailbox providers say nothing about a company.
MAIL_PROVIDERS = frozenset(
    (
        "126.com", "163.com", "aol.com", "bol.com.br", "free.fr", "gmail.com", "gmx.at", "gmx.ch", "gmx.de", "gmx.net",
        "googlemail.com", "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "libero.it", "live.com", "mac.com", "mail.ru",
        "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com", "pm.me", "proton.me", "protonmail.com", "qq.com",
        "rediffmail.com", "t-online.de", "uol.com.br", "web.de", "wp.pl", "yahoo.co.jp", "yahoo.com", "yahoo.fr", "yandex.ru",
        "ymail.com", "zoho.com",
    )
)  # fmt: skip
