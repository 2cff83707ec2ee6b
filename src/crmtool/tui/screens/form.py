"""A record in a form: every field that may be written, checked while it is typed, stored as one change.

What others change meanwhile comes in by itself where it touches nothing that was typed; where it does, the person chooses for
each field. Nothing is ever written over unseen: the change is conditional on the revision that was looked at.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input

from crmtool.app.commands import Add, Set
from crmtool.core.errors import ConflictError, CrmError, NotFoundError
from crmtool.core.messages import N_, t
from crmtool.doors.differences import THEIRS, Dispute, merged, stored, touched
from crmtool.doors.forms import Opened, gone, opened, read
from crmtool.tui.actions import Action, keys
from crmtool.tui.ahead import Ready
from crmtool.tui.dialogs import Choice, Confirm, Pick
from crmtool.tui.editor import edited
from crmtool.tui.places import Place
from crmtool.tui.screens.base import Scene
from crmtool.tui.text import Plain
from crmtool.tui.widgets.difference import Differences
from crmtool.tui.widgets.input_for import input_for
from crmtool.tui.widgets.inputs import FieldInput
from crmtool.tui.widgets.inputs_reference import ReferenceInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.widget import Widget

    from crmtool.app.commands import Command
    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity
    from crmtool.tui.live import News

    Record = dict[str, Any]

_AT_ONCE = 4  # inputs that are mounted before the event loop has its turn
_TRIES = 3  # times a change is tried again over changes that touch nothing of it
_ADD = "add"


class Form(Scene, Ready[None]):
    """Change a record, or add one, with ``values`` given beforehand. ``saved`` is its id, once it is stored."""

    AUTO_FOCUS = None
    DEFAULT_CSS = """
    Form > VerticalScroll { height: 1fr; }
    Form > .banner { height: auto; padding: 0 1; color: $text-warning; display: none; }
    Form .part { height: auto; }
    Form > .buttons { height: 1; align-horizontal: right; padding: 0 1; }
    Form > .buttons Button { margin: 0 0 0 2; }
    """
    BINDINGS = keys(
        Action(
            "form.save", "ctrl+s", "save", N_("Save"), N_("Store what you changed."),
            "crm {noun} set {record} {values}", priority=True,
        ),
        Action("form.leave", "escape", "leave", N_("Back"), N_("Leave; asks where something would be lost.")),
        Action(
            "form.editor", "ctrl+e", "editor", N_("Editor"), N_("Edit this text in your editor."),
            "crm {noun} edit {record}", priority=True,
        ),
        Action(
            "form.help", "f1", "help", N_("Help"),
            N_("What the part of the form that has the focus is for, and its keys."), shown=False,
        ),
        Action(
            "form.quit", "ctrl+q", "leave(True)", N_("Quit"),
            N_("Leave the app; asks where something would be lost."), shown=False,
        ),
    )  # fmt: skip

    def __init__(
        self,
        entity: str,
        record: str | None = None,
        values: Mapping[str, Any] | None = None,
        *,
        at: str = "",
    ) -> None:
        super().__init__(Place("form", entity, record or ""))
        self._at = at
        self._modal = True  # the keys of the app mean letters here, and nobody undoes a change by writing “u”
        self._record = record
        self._values = dict(values or {})
        self._opened: Opened | None = None
        self._gone: NotFoundError | None = None  # why there is nothing to store it in any more
        self._saving = False
        self.saved: str | None = None
        self.left: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

    def body(self) -> Iterable[Widget]:
        yield Plain("", classes="banner")
        yield Differences()
        yield VerticalScroll(id="inputs", can_focus=False)
        yield Horizontal(
            Button(t("Save"), id="save", variant="primary", compact=True),
            Button(t("Back"), id="leave", compact=True),
            classes="buttons",
        )

    def on_mount(self) -> None:
        self.work(self._open, group="open")

    def on_unmount(self) -> None:
        if not self.left.done():
            self.left.set_result(self.saved)

    # -- what there is -----------------------------------------------------------------------------------------------

    async def _open(self) -> None:
        try:
            self._opened = held = await self.crm.desk.ask(self._look)
        except CrmError:
            self.crm.pop_screen()
            raise
        name = str(held.record.get(held.entity.name_field) or held.entity.label())
        self.retitle(
            t("Change {name}", name=name) if self._record else t("New: {noun}", noun=held.entity.label())
        )
        place = self.query_one("#inputs", VerticalScroll)
        made = [self._input(field) for field in held.fields]
        for start in range(0, len(made), _AT_ONCE):
            # In parts: what a part's layout came to is kept while others are added.
            await place.mount(Vertical(*made[start : start + _AT_ONCE], classes="part"))
            if not start and made:
                self._focus(made[0])
            await asyncio.sleep(0)
        wanted = self._of(self._at)
        if wanted is not None:
            self._focus(wanted)
        self.build_on()

    def _input(self, field: Field) -> FieldInput:
        assert self._opened is not None
        made = input_for(field, self._opened.record.get(field.key), self._opened.ctx)
        made.disabled = field.key in self._opened.locked
        if isinstance(made, ReferenceInput) and field.target == "stage":
            made.around = self._pipeline
        return made

    def _pipeline(self) -> dict[str, str]:
        """Of stages those of the pipeline that is chosen here."""
        for one in self.query(ReferenceInput):
            if one.field.key == "pipeline" and one.id_now:
                return {"pipeline": one.id_now}
        return {}

    def _look(self, workspace: Workspace) -> Opened:
        return opened(workspace, self.place.entity, self._record, self._values)

    # -- what others do ------------------------------------------------------------------------------------------------

    def on_news(self, news: News) -> None:
        if self._record is None or self._opened is None or self._saving or self.left.done():
            return
        if news.concerns(self.place.entity, self._record):
            self.work(self._take_in, group="news", exclusive=True)

    async def _take_in(self) -> None:
        """Bring in what others changed; what both sides changed is asked about."""
        assert self._opened is not None
        held = self._opened

        def look(workspace: Workspace) -> tuple[dict[str, Any] | None, NotFoundError | None]:
            now, record = read(workspace, held.entity, self._record), self._record
            return now, gone(workspace, held.entity, record) if now is None and record else None

        now, self._gone = await self.crm.desk.ask(look)
        if self.left.done():
            return  # the form was left while this was asked for
        self._warn(str(self._gone.message) if self._gone is not None else "")
        if now is None:
            return
        waiting = {dispute.field.key: dispute for dispute in self.query_one(Differences).waiting}
        disputes = []
        for one in self.query(FieldInput):
            dispute = self._against(one, held, now)
            if dispute is None and one.field.key in waiting:
                old = waiting[one.field.key]
                dispute = old.replace(theirs=now.get(one.field.key)) if one.touched else None
            if dispute is not None:
                disputes.append(dispute)
        self._opened = held._replace(record=now)
        await self.query_one(Differences).put(disputes)

    def _against(self, one: FieldInput, held: Opened, now: Record) -> Dispute | None:
        """One field against the record as it is now."""
        field, base, theirs = one.field, held.record, now.get(one.field.key)
        if touched(held.entity, field, base, now) is None:
            return None
        if not one.touched:
            one.put(theirs)
            return None
        mine = _stored_form(one)
        if stored(mine) == stored(theirs):
            one.put(theirs)
            return None
        both = merged(field, base.get(field.key), mine, theirs) if not isinstance(mine, str) else None
        if both is not None:
            one.type(both)
            return None
        by = now.get("updated_by") or {}
        return Dispute(field, base.get(field.key), mine, theirs, str(by.get("name") or ""))

    def on_differences_settled(self, event: Differences.Settled) -> None:
        one = self._of(event.dispute.field.key)
        if one is None:
            return
        if event.choice == THEIRS:
            one.put(event.dispute.theirs)
        else:
            one.type(event.dispute.settled(event.choice))
        self._focus(one)

    # -- storing -------------------------------------------------------------------------------------------------------

    def action_save(self) -> None:
        if self._opened is not None and not self._saving:
            self.asking(self._save, group="save")

    async def _save(self) -> None:
        if self.query_one(Differences).waiting:
            self.notify(t("Choose first which of the values that differ stand."), severity="warning")
            return
        given = self._given()
        if given is None:
            return
        if not given and self._record is not None:
            self._leave(None)
            return
        self._saving = True
        try:
            if self._record is None and not await self._is_new(given):
                return
            await self._store(given)
        finally:
            self._saving = False

    def _given(self) -> dict[str, Any] | None:
        """The values that were changed; ``None`` where one does not fit, which is shown."""
        assert self._opened is not None
        out: dict[str, Any] = {}
        wrong: FieldInput | None = None
        for one in self.query(FieldInput):
            error = one.check_filled() if _is_needed(one, self._opened.entity) else one.check()
            if error is not None:
                wrong = wrong or one
            elif one.touched:
                out[one.field.key] = one.given()
        if wrong is not None:
            self._focus(wrong)
            return None
        return out

    async def _store(self, given: dict[str, Any], tries: int = _TRIES) -> None:
        assert self._opened is not None
        command: Command
        if self._record is None:
            command = Add(self.place.entity, {**self._values, **given})
        else:
            changes = tuple((key, "=", value) for key, value in given.items())
            command = Set(self.place.entity, (self._record,), changes, self._opened.record.get("rev"))
        try:
            outcome = await self.crm.deeds.run(command)
        except ConflictError:
            await self._take_in()
            if tries and not self._gone and not self.query_one(Differences).waiting:
                again = self._given()
                if again is not None:
                    await self._store(again, tries - 1)
            elif self._gone is not None:
                raise self._gone from None
            return
        except NotFoundError:
            if self._record is not None:
                await self._take_in()
            if self._gone is not None:
                raise self._gone from None
            raise
        except CrmError as error:
            if not self._refused(error):
                raise
            return
        made = [record for key, record in outcome.made if key == self.place.entity]
        self.saved = self._record or (made[-1] if made else None)
        self._leave(self.saved)

    def _refused(self, error: CrmError) -> bool:
        """Show an error at its field; whether it has one here."""
        keys_ = [error.data.get("field"), *(error.data.get("fields") or ())]
        found = [one for one in self.query(FieldInput) if one.field.key in keys_]
        for one in found:
            one.complain(error)
        if found:
            self._focus(found[0])
        return bool(found)

    async def _is_new(self, given: dict[str, Any]) -> bool:
        """Whether to add somebody who may be known already; the person is asked where that is probable."""
        from crmtool.doors.known import KINDS, known_already_in_words

        assert self._opened is not None
        if self.place.entity not in KINDS:
            return True
        entity = self._opened.entity
        shown = {one.field.key: _stored_form(one) for one in self.query(FieldInput)}
        values = {"id": "", **{key: value for key, value in {**self._values, **shown}.items() if value}}
        found = await self.crm.desk.ask(lambda workspace: known_already_in_words(workspace, entity, values))
        if not found:
            return True
        choices = [Choice(_ADD, t("Add it all the same")), *(Choice(*one) for one in found)]
        answer = await self.ask(Pick(t("Perhaps known already"), choices))
        if answer is None or answer == _ADD:
            return answer == _ADD
        self._leave(None)
        self.crm.go(Place("record", self.place.entity, answer))
        return False

    # -- leaving ---------------------------------------------------------------------------------------------------------

    def action_leave(self, app: bool = False) -> None:
        self.asking(self._ask_to_leave, app, group="leave", exclusive=True)

    async def _ask_to_leave(self, app: bool) -> None:
        changed = [one.field.label() for one in self.query(FieldInput) if one.touched]
        if changed:
            question = Confirm(
                t("Leave without storing what you changed?"),
                ", ".join(changed),
                yes=t("Leave"),
                dangerous=True,
            )
            if not await self.ask(question):
                return
        if app:
            self.app.exit()
        else:
            self._leave(None)

    def _leave(self, saved: str | None) -> None:
        if not self.left.done():
            self.left.set_result(saved)
        self.crm.pop_screen()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "save":
            self.action_save()
        elif event.button.id == "leave":
            self.action_leave()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        # A button among the inputs adds a row: enter would never come past it.
        while isinstance(self.focus_next(), Button) and self._focused_input() is not None:
            pass

    # -- small things ----------------------------------------------------------------------------------------------------

    def action_editor(self) -> None:
        one = self._focused_input()
        if one is not None and one.long_text is not None:
            self.work(self._edit, one, group="editor", exclusive=True)

    async def _edit(self, one: FieldInput) -> None:
        text = one.long_text or ""
        written = edited(self.app, text)
        if written != text:
            one.type(written)

    async def action_help(self) -> None:
        await self.run_action("app.widget_help")

    def _focused_input(self) -> FieldInput | None:
        node = self.focused
        return next((one for one in node.ancestors if isinstance(one, FieldInput)), None) if node else None

    def _of(self, key: str) -> FieldInput | None:
        return next((one for one in self.query(FieldInput) if one.field.key == key), None)

    def _focus(self, one: FieldInput) -> None:
        first = next((widget for widget in one.query("*") if widget.focusable), None)
        if first is not None:
            first.focus()

    def _warn(self, text: str) -> None:
        banner = self.query_one(".banner", Plain)
        banner.say(text)
        banner.display = bool(text)


async def fill(
    scene: Scene,
    entity: str,
    record: str | None = None,
    values: Mapping[str, Any] | None = None,
    *,
    at: str = "",
) -> str | None:
    """Have a person change or add a record, beginning in the field ``at``; its id when it was stored.

    Only inside ``work``: it waits.
    """
    form = Form(entity, record, values, at=at)
    await scene.app.push_screen(form)
    return await form.left


def at_place(place: Place) -> Form:
    """The form of a place of the kind ``form``."""
    return Form(place.entity, place.record or None)


def _is_needed(one: FieldInput, entity: Entity) -> bool:
    """Whether a field must be filled. What a definition's key is follows from its name."""
    follows = one.field.key == "key" and entity.key in ("object", "field")
    return one.field.required and not follows


def _stored_form(one: FieldInput) -> Any:
    """What stands in an input as it would be stored; as it was typed where that does not fit."""
    try:
        given = one.given()
        if one.field.target is not None or not isinstance(given, str):
            return given
        return one.field.parse(given, one.ctx)
    except CrmError:
        return one.typed()
