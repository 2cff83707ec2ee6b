"""The words of a sales desk: industries, sources, titles, products, reasons, subjects.

The numbers beside industries and sources are what a model can find: their effect on the log odds of winning a deal.
"""

from __future__ import annotations

# name, share of companies, effect on the log odds of a win, typical employees
INDUSTRIES = (
    ("software", 14, 0.45, 60),
    ("manufacturing", 14, 0.15, 220),
    ("retail", 12, -0.35, 90),
    ("health care", 10, 0.3, 180),
    ("logistics", 9, 0.05, 150),
    ("construction", 9, -0.3, 70),
    ("finance", 8, 0.2, 260),
    ("food", 8, -0.1, 110),
    ("education", 6, -0.45, 140),
    ("energy", 5, 0.25, 320),
    ("hospitality", 5, -0.55, 45),
)

# name, share of contacts, effect on the log odds of a win, lifecycle of a fresh contact
SOURCES = (
    ("website", 26, 0.1, "lead"),
    ("referral", 12, 0.95, "qualified"),
    ("trade fair", 12, -0.05, "lead"),
    ("cold call", 13, -0.8, "lead"),
    ("newsletter", 12, -0.35, "subscriber"),
    ("partner", 8, 0.55, "qualified"),
    ("advertising", 12, -0.5, "lead"),
    ("import", 5, -0.15, "other"),
)

# title, department, seniority 0-3
TITLES = (
    ("Managing Director", "Management", 3), ("Chief Executive Officer", "Management", 3), ("Owner", "Management", 3),
    ("Chief Financial Officer", "Finance", 3), ("Chief Technology Officer", "IT", 3), ("Head of Purchasing", "Purchasing", 2),
    ("Head of Sales", "Sales", 2), ("Head of Operations", "Operations", 2), ("Marketing Director", "Marketing", 2),
    ("Plant Manager", "Operations", 2), ("IT Manager", "IT", 2), ("Purchasing Manager", "Purchasing", 1),
    ("Project Manager", "Operations", 1), ("Office Manager", "Administration", 1), ("Account Manager", "Sales", 1),
    ("Product Manager", "Marketing", 1), ("Buyer", "Purchasing", 0), ("Software Engineer", "IT", 0), ("Accountant", "Finance", 0),
    ("Assistant", "Administration", 0), ("Consultant", "Operations", 0), ("Quality Engineer", "Operations", 0),
    ("Sales Representative", "Sales", 0), ("Data Analyst", "IT", 0),
)  # fmt: skip

# name, code, price in euros, recurrence
PRODUCTS = (
    ("Starter plan", "PLAN-S", 49, "monthly"),
    ("Team plan", "PLAN-T", 199, "monthly"),
    ("Business plan", "PLAN-B", 690, "monthly"),
    ("Enterprise licence", "LIC-E", 18000, "yearly"),
    ("Site licence", "LIC-S", 9500, "yearly"),
    ("Support, silver", "SUP-1", 1200, "yearly"),
    ("Support, gold", "SUP-2", 3600, "yearly"),
    ("Onboarding", "SRV-1", 1500, "once"),
    ("Training day", "SRV-2", 1100, "once"),
    ("Data migration", "SRV-3", 4200, "once"),
    ("Integration", "SRV-4", 7800, "once"),
    ("Consulting day", "SRV-5", 1350, "once"),
    ("Scanner, hand-held", "HW-10", 420, "once"),
    ("Terminal, desk", "HW-20", 890, "once"),
    ("Label printer", "HW-30", 310, "once"),
    ("Spare parts kit", "HW-90", 95, "quarterly"),
)

TAGS = (
    ("vip", "red"), ("newsletter", "blue"), ("partner", "green"), ("press", "yellow"), ("do not call", "grey"),
    ("decision maker", "purple"), ("fair 2024", "cyan"), ("fair 2025", "cyan"), ("beta", "orange"), ("reference", "green"),
    ("price sensitive", "grey"), ("expansion", "blue"),
)  # fmt: skip

TEAMS = ("Inside sales", "Key accounts", "Partners", "Customer success", "Asia desk", "Americas desk")

LOST_REASONS = (
    ("price", 30), ("no budget", 20), ("no answer", 20), ("competitor", 16), ("bad timing", 9), ("missing feature", 5),
)  # fmt: skip

# type, direction, subject
TOUCHES = (
    ("call", "out", "First call"), ("email", "out", "Introduction"), ("email", "in", "Question about prices"),
    ("meeting", None, "Product demo"), ("call", "in", "Call back"), ("meeting", None, "Needs workshop"),
    ("email", "out", "Offer sent"), ("call", "out", "Offer follow-up"), ("message", "in", "Short question"),
    ("visit", None, "Visit on site"), ("call", "out", "Contract details"), ("email", "in", "Documents received"),
)  # fmt: skip
OUTCOMES = ("interested", "call again", "left a message", "sent material", "not now", "next meeting agreed")

TODOS = (
    "Call {who}", "Send the offer to {who}", "Prepare the demo for {who}", "Ask {who} for a decision",
    "Check the contract of {who}", "Send references to {who}", "Plan the kick-off with {who}", "Update the forecast for {who}",
)  # fmt: skip
ROUTINES = (
    ("Pipeline review", "FREQ=WEEKLY;BYDAY=MO"), ("Expense report", "FREQ=MONTHLY;BYMONTHDAY=28"),
    ("Clean up overdue deals", "FREQ=WEEKLY;BYDAY=FR"), ("Quarterly account plan", "FREQ=MONTHLY;INTERVAL=3"),
)  # fmt: skip
REMARKS = (
    "Very friendly, knows our product from a former job.", "Budget is approved; only the date is open.",
    "Compares us with two others. Price matters most.", "Wants a pilot with ten users before signing.",
    "Decision goes to the board next month.", "Moved offices; the old address is wrong.",
    "Asked twice about data protection; send the contract annex.", "Uses a spreadsheet today. Migration is the main worry.",
)  # fmt: skip

# currency, euros for one unit: what prices are made in, and the rates a workspace keeps
RATES = (
    ("EUR", 1.0), ("USD", 0.92), ("GBP", 1.17), ("JPY", 0.0061), ("CHF", 1.04), ("SEK", 0.088), ("PLN", 0.23), ("BRL", 0.165),
    ("INR", 0.0109), ("CNY", 0.128),
)  # fmt: skip
DEAL_CURRENCIES = ("EUR", "USD", "GBP", "JPY", "CHF")
