"""Work beside the event loop's other work, begun when its turn comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from textual.dom import DOMNode
    from textual.worker import Worker


def beside(
    node: DOMNode,
    do: Callable[..., Coroutine[Any, Any, Any]],
    *given: Any,
    group: str,
    exclusive: bool = False,
) -> Worker[Any]:
    """Do ``do(*given)`` for as long as ``node`` is there; ``exclusive`` work ends what still runs in its ``group``.

    It is called when its turn comes: work that was left behind before that was never begun, and there is no coroutine that nobody
    awaits.
    """

    async def work() -> Any:
        return await do(*given)

    return node.run_worker(work, group=group, exclusive=exclusive, exit_on_error=False)
