"""Questions and answers as a page: the newest first, each unfolding to its answer, its sources and its actions."""

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
    "Your library is empty. Add to it with the word <i>learn this page</i> or with <code>rubato learn FOLDER</code>. "
    "Then ask: type a question above, or play <i>ask</i> and say it."
)


def page(
    inquiries: Sequence[Inquiry],
    unfolded: Collection[str],
    pending: tuple[str, str] | None,
    colours: Palette,
) -> str:
    """Return the page as HTML of the subset that Qt shows.

    Its links are ``fold:ID``, ``source:ID/NUMBER``, ``correct:ID`` and ``accept:ID``.

    Args:
        inquiries: Questions with their answers, the newest first.
        unfolded: Ids of those that are shown whole.
        pending: The question that is being answered, and its answer so far.
        colours: Those of the theme.
    """
    parts = []
    if pending is not None:
        parts.append(f"<p><b>{escape(pending[0])}</b></p><p>{_html(pending[1])} …</p>")
    parts += [_inquiry(one, one.id in unfolded, colours) for one in inquiries]
    body = "".join(parts) or f'<p style="color:{colours.muted}">{EMPTY}</p>'
    return f'<html><body style="color:{colours.text}">{body}</body></html>'


def _inquiry(inquiry: Inquiry, unfolded: bool, colours: Palette) -> str:
    plain = f'style="color:{colours.text}; text-decoration:none"'
    question = f"{'▾' if unfolded else '▸'} <b>{escape(inquiry.question)}</b>"
    head = f'<p style="margin:6px 0 2px 0"><a href="fold:{inquiry.id}" {plain}>{question}</a></p>'
    if not unfolded:
        return head
    link = f'style="color:{colours.accent}"'
    muted = f'style="color:{colours.muted}"'
    answer = _CITATION.sub(
        lambda mark: f'<a href="source:{inquiry.id}/{mark[1]}" {link}>[{mark[1]}]</a>',
        _html(inquiry.current_answer),
    )
    if inquiry.corrections:
        answer += f" <span {muted}>corrected by {escape(inquiry.corrections[-1].user)}</span>"
    sources = "".join(
        f'<br>{source.n}. <a href="source:{inquiry.id}/{source.n}" {link}>{escape(name_of(source))}</a>'
        for source in inquiry.sources
    )
    damped = [name for name, part in inquiry.per_tag.items() if part.get("damped")]
    if damped:
        sources += f"<br><span {muted}>weighted down as common: {escape(', '.join(damped))}</span>"
    accept = "Accepted ✓" if inquiry.accepted else "Accept"
    actions = f'<a href="correct:{inquiry.id}" {link}>Correct</a> · <a href="accept:{inquiry.id}" {link}>{accept}</a>'
    date = f"<span {muted}>{inquiry.at:%d %b %H:%M}</span>"
    body = f'<p style="margin:0 0 2px 14px">{answer}{sources}</p>'
    return f'{head}{body}<p style="margin:0 0 8px 14px">{actions} · {date}</p>'


def _html(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def source_name(path: str) -> str:
    """Return the name of a source that is being learned: its address, or its file's name."""
    return path if "://" in path else Path(path).name
