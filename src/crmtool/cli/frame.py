"""The frame of the command line: Typer with lazily built commands, help in the person's language, errors of
one shape.

``App`` is what a group of commands is declared with::

    app = App(summary=N_("your settings"))


    @app.command("get", help=t("Print one setting."))
    def get(key: Annotated[str, typer.Argument(help=t("Its name."))]) -> None: ...

Only the command that is invoked is built: building one from its signature costs about 0.1 ms an option, and a
noun has ten commands. Typer carries its own copy of click under ``typer._click``; this file is the only one
that touches it, which the pin on 0.28 makes safe.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer._click.core import Context, Parameter
from typer._click.exceptions import (
    BadOptionUsage,
    BadParameter,
    ClickException,
    MissingParameter,
    NoSuchOption,
)
from typer._click.exceptions import UsageError as ClickUsageError
from typer._click.formatting import HelpFormatter
from typer._click.types import IntRange
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

from crmtool.cli.help import root_help
from crmtool.cli.table import TABLE
from crmtool.core.errors import CrmError, UsageError
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from typer._click.core import Command as AnyCommand

_HELP = ("-h", "--help")
_HELP_OPTIONS = {"help_option_names": [*_HELP]}
_NO_RICH: dict[str, Any] = {"rich_markup_mode": None, "pretty_exceptions_short": False}


class App(typer.Typer):
    """A group of commands: Typer's own class without what this program does itself (completion, tracebacks,
    markup).
    """

    def __init__(self, summary: str = "", default: str = "") -> None:
        """``default`` is the command that words mean which name none."""
        super().__init__(
            add_completion=False,
            pretty_exceptions_enable=False,
            rich_markup_mode=None,
            help=summary,
        )
        self.summary = summary
        self.default = default

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        """Register a function as a command; its name, help and summary are given here, not by a docstring for
        readers of code.
        """
        return super().command(name, **{"cls": Command, "context_settings": _HELP_OPTIONS, **options})


class _Base:
    """What commands and groups share: errors that know where they arose, and how help is laid out."""

    def parse_args(self: Any, ctx: Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)  # type: ignore[misc,no-any-return]
        except ClickUsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def format_help(self: Any, ctx: Context, formatter: HelpFormatter) -> None:
        params = self.get_params(ctx)
        arguments = [param for param in params if param.param_type_name == "argument" and not param.hidden]
        options = [param for param in params if param.param_type_name == "option" and not param.hidden]
        formatter.write(t("Usage: {usage}", usage=" ".join(self.words(ctx, arguments))) + "\n")
        if self.help:
            formatter.write_paragraph()
            formatter.write_text(self.help)
        _section(
            formatter, t("Arguments"), [(_argument_name(param), param.help or "") for param in arguments]
        )
        _section(formatter, t("Commands"), self.summaries())
        _section(formatter, t("Options"), [_option(param, ctx) for param in options])

    def words(self: Any, ctx: Context, arguments: list[Any]) -> list[str]:
        return [ctx.command_path, "[OPTIONS]", *(_argument_usage(param) for param in arguments)]

    def summaries(self: Any) -> list[tuple[str, str]]:
        return []


class Command(_Base, TyperCommand):
    """One command."""


class Group(_Base, TyperGroup):
    """Commands under a noun, each built when it is invoked."""

    def __init__(self, name: str, commands: Iterable[CommandInfo], summary: str, default: str = "") -> None:
        super().__init__(name=name, help=summary, context_settings=_HELP_OPTIONS, rich_markup_mode=None)
        self.infos = {info.name or "": info for info in commands}
        self.default = default

    def get_command(self, ctx: Context, cmd_name: str) -> AnyCommand | None:
        if cmd_name not in self.commands and cmd_name in self.infos:
            self.commands[cmd_name] = get_command_from_info(self.infos[cmd_name], **_NO_RICH)
        return self.commands.get(cmd_name)

    def list_commands(self, ctx: Context) -> list[str]:
        return list(self.infos)

    def words(self, ctx: Context, arguments: list[Any]) -> list[str]:
        return [ctx.command_path, "COMMAND ..."]

    def summaries(self) -> list[tuple[str, str]]:
        return [(name, _first_line(info)) for name, info in self.infos.items() if not info.hidden]

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, AnyCommand | None, list[str]]:
        command = self.get_command(ctx, args[0])
        if command is None:
            raise unknown_command(f"{ctx.command_path} {args[0]}", args[0], self.list_commands(ctx))
        return args[0], command, args[1:]

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        if self.default and not (args and (args[0] in self.infos or args[0] in _HELP)):
            args = [self.default, *args]
        return super().parse_args(ctx, args or ["--help"])


class RootGroup(Group):
    """The program: looks a name up in the static table, then among the objects that a user defined."""

    def get_command(self, ctx: Context, cmd_name: str) -> AnyCommand | None:
        if cmd_name not in self.commands:
            found = load(cmd_name)
            if found is None:
                return None
            self.commands[cmd_name] = found
        return self.commands[cmd_name]

    def list_commands(self, ctx: Context) -> list[str]:
        return list(TABLE)

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        formatter.write(root_help())


def load(name: str) -> AnyCommand | None:
    """The command called ``name``, from the table or from the workspace's own objects; ``None`` when there is
    none.
    """
    if name in TABLE:
        module, attribute, summary = TABLE[name]
        found = getattr(import_module(module), attribute)
        if attribute == "build":
            found = found(name)
        return as_command(name, found, t(summary))
    found = import_module("crmtool.cli.nouns").find_own(name)
    return None if found is None else as_command(name, found, getattr(found, "summary", ""))


def as_command(name: str, found: Any, summary: str) -> AnyCommand:
    """What a module offers (an ``App``, a command made already, a function) as a command of the tree."""
    if isinstance(found, TyperGroup | TyperCommand):
        return found
    if isinstance(found, typer.Typer):
        return Group(name, found.registered_commands, _sentence(summary), getattr(found, "default", ""))
    info = CommandInfo(
        name,
        cls=Command,
        context_settings=_HELP_OPTIONS,
        callback=found,
        help=getattr(found, "help", None) or _sentence(summary),
    )
    return get_command_from_info(info, **_NO_RICH)


def run(words: list[str]) -> int:
    """Parse ``words``, run the command, answer its exit code: what it returned if that is a number, 0
    otherwise.
    """
    root = RootGroup("crm", (), "")
    try:
        with root.make_context("crm", list(words)) as ctx:
            code = root.invoke(ctx)
    except typer.Exit as ended:
        return ended.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except ClickException as error:
        raise _worded(error) from error
    return code if isinstance(code, int) else 0


def unknown_command(words: str, last: str, known: Iterable[str]) -> CrmError:
    """The error for a command that does not exist, with the nearest that do."""
    from difflib import get_close_matches

    near = get_close_matches(last, list(known), 3)
    hint = (
        Message("Did you mean {names}?", names=", ".join(near))
        if near
        else Message("See what there is: {command}", command=f"{words.rpartition(' ')[0]} --help")
    )
    return UsageError(
        Message("There is no command “{words}”.", words=words), hint, code="unknown_command", near=near
    )


def _worded(error: ClickException) -> CrmError:
    """A complaint of the framework in our shape and the person's language."""
    ctx = error.ctx if isinstance(error, ClickUsageError) else None
    path = ctx.command_path if ctx else "crm"
    hint = Message("See: {command}", command=f"{path} --help")
    if isinstance(error, NoSuchOption):
        if close := _close(error.option_name, error.possibilities or ()):
            hint = Message("Did you mean {names}?", names=", ".join(close))
        return UsageError(
            Message("{command} has no option {option}.", command=path, option=error.option_name), hint
        )
    if isinstance(error, BadOptionUsage):
        return UsageError(Message("{option} needs a value.", option=error.option_name), hint)
    if isinstance(error, MissingParameter):
        return UsageError(Message("{name} is missing.", name=_name(error.param, ctx)), hint)
    if isinstance(error, BadParameter):
        name = _name(error.param, ctx) if error.param else str(error.param_hint or path)
        kind = error.param.type if error.param else None
        if isinstance(kind, IntRange):  # of which only the least value is ever bounded
            return UsageError(
                Message("{name} takes a whole number, {least} or more.", name=name, least=kind.min), hint
            )
        return UsageError(Message("{name} does not fit: {reason}", name=name, reason=error.message), hint)
    return UsageError(Message("{command}: {reason}", command=path, reason=error.format_message()), hint)


def _close(option: str, offered: Iterable[str]) -> list[str]:
    """Of the options that the framework offers, those whose names are like it also without the dashes they all share."""
    from difflib import get_close_matches

    names = {name.lstrip("-"): name for name in offered}
    return sorted(names[name] for name in get_close_matches(option.lstrip("-"), names))


def _name(param: Parameter | None, ctx: Context | None) -> str:
    if param is None:
        return "?"
    return _argument_name(param) if param.param_type_name == "argument" else param.opts[-1]


def _argument_name(param: Any) -> str:
    return str(param.metavar or param.name.upper())


def _argument_usage(param: Any) -> str:
    name = _argument_name(param) + ("..." if param.nargs != 1 else "")
    return name if param.required or name.startswith("[") else f"[{name}]"


def _option(param: Any, ctx: Context) -> tuple[str, str]:
    if "--help" in param.opts:
        return "-h, --help", t("print this text")
    names, _ = param.get_help_record(ctx) or (", ".join(param.opts), "")
    return names, param.help or ""


def _section(formatter: HelpFormatter, title: str, rows: list[tuple[str, str]]) -> None:
    if rows:
        formatter.write_paragraph()
        formatter.write(f"{title}\n")
        formatter.indent()
        formatter.write_dl(rows)
        formatter.dedent()


def _first_line(info: CommandInfo) -> str:
    text = info.short_help or info.help or getattr(info.callback, "__doc__", None) or ""
    return str(text).strip().split("\n", 1)[0]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "⟧")) or not text else ".")
