"""The way past the command line framework for what must start in no time: counting, the prompt segment,
completion.

``import typer`` is nine tenths of a small read. A word in ``WORDS`` names a function that takes the words
after it and answers an exit code, or ``None`` when it would rather have the framework parse them.
"""

from __future__ import annotations

WORDS: dict[str, str] = {
    "count": "crmtool.cli.commands.count:fast",
    "prompt": "crmtool.cli.commands.prompt:fast",
    "__complete": "crmtool.cli.commands.completion:complete",
}


def run(words: list[str]) -> int | None:
    """Run ``words`` without the framework and answer the exit code; ``None`` means it has to be done the long
    way.
    """
    target = WORDS.get(words[0]) if words else None
    if target is None:
        return None
    if words[0] != "__complete" and any(word.startswith("-") for word in words[1:]):
        return None  # options, help among them, are the framework's business
    module, _, attribute = target.partition(":")
    # Not by importlib, which loads “warnings”: half a millisecond.
    code: int | None = getattr(__import__(module, fromlist=[attribute]), attribute)(words[1:])
    return code
