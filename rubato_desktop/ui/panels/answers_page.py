"""Questions and answers as a page: the newest first, each unfolding to its answer, its sources and what can be done."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rubato_desktop.commands.asking import name_of
from rubato_desktop.ui.style.palette import Palette

if TYPE_CHECKING:
    from rubato_desktop.services.answers.history.model import Inquiry

_CITATION: Final = re.compile(r"\[(\d+)\]")
EMPTY: Final = (
    "Learn something first: <i>learn this page</i>, or <code>rubato learn FOLDER</code>. Then ask, by <i>ask</i> and "
    "your question, or above."
)


def page(
    kept: Sequence[Inquiry],
    unfolded: Collection[str],
    growing: tuple[str, str] | None,
    colours: Palette,
) -> str:
    """Return the page as HTML of the kind that Qt shows.

    Links are ``fold:ID``, ``source:ID/NUMBER``, ``correct:ID`` and ``accept:ID``.

    Args:
        kept: The newest first.
        unfolded: Ids of those that are shown whole.
        growing: A question that is being answered, and its answer so far.
        colours: Those of the theme.
    """
    parts = []
    if growing is not None:
        parts.append(f"<p><b>{escape(growing[0])}</b></p><p>{_lines(growing[1])} …</p>")
    parts += [_inquiry(one, one.id in unfolded, colours) for one in kept]
    body = "".join(parts) or f'<p style="color:{colours.muted}">{EMPTY}</p>'
    return f'<html><body style="color:{colours.text}">{body}</body></html>'


def _inquiry(kept: Inquiry, unfolded: bool, colours: Palette) -> str:
    link = f'style="color:{colours.text}; text-decoration:none"'
    sign = "▾" if unfolded else "▸"
    question = f"{sign} <b>{escape(kept.question)}</b>"
    head = f'<p style="margin:6px 0 2px 0"><a href="fold:{kept.id}" {link}>{question}</a></p>'
    if not unfolded:
        return head
    quiet = f'style="color:{colours.accent}"'
    told = _CITATION.sub(
        lambda mark: f'<a href="source:{kept.id}/{mark[1]}" {quiet}>[{mark[1]}]</a>',
        _lines(kept.current_answer),
    )
    note = ""
    if kept.corrections:
        note = f' <span style="color:{colours.muted}">corrected by {escape(kept.corrections[-1].user)}</span>'
    sources = "".join(
        f'<br>{source.n}. <a href="source:{kept.id}/{source.n}" {quiet}>{escape(name_of(source))}</a>'
        for source in kept.sources
    )
    damped = [name for name, part in kept.per_tag.items() if part.get("damped")]
    if damped:
        sources += (
            f'<br><span style="color:{colours.muted}">damped, as common: {escape(", ".join(damped))}</span>'
        )
    good = "good ✓" if kept.accepted else "good"
    acts = f'<a href="correct:{kept.id}" {quiet}>correct or add</a> · <a href="accept:{kept.id}" {quiet}>{good}</a>'
    when = f'<span style="color:{colours.muted}">{kept.at:%d %b %H:%M}</span>'
    inside = f'<p style="margin:0 0 2px 14px">{told}{note}{sources}</p>'
    return f'{head}{inside}<p style="margin:0 0 8px 14px">{acts} · {when}</p>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def short(path: str) -> str:
    """A source while it is being learnt, as it fits into a line."""
    return path if "://" in path else Path(path).name
