"""Commands whose service is not part of the program yet: they have their keys, and say what they need.

A line moves out of this table, to the module of its subject, when its service comes.
"""

from __future__ import annotations

from typing import Any

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.kinds import Choice, ChoiceOrText, Name, Point, Points, Scrolling, Text, Whole
from rubato_desktop.commands.registry import Answer, Command, add, argument, missing


def _later(need: str, id: str, summary: str, **arguments: tuple[Any, str]) -> None:
    def function(ctx: Context, **args: Any) -> Answer:
        raise missing(need, summary)

    described = tuple(argument(name, annotation, help=help) for name, (annotation, help) in arguments.items())
    add(Command(id, function, f"{summary}.", "", described, need))


_later("browser", "channel", "Go to a channel: a window of the browser", number=(Whole, "Its number."))
_later("browser", "tab", "Go to a tab", number=(Whole, "Its number."))
_later("browser", "tabs", "List the tabs")
_later("browser", "next_tab", "Go to the next tab")
_later("browser", "previous_tab", "Go to the previous tab")
_later("browser", "new_tab", "Open a new tab")
_later("browser", "close_tab", "Close the tab")
_later("browser", "reopen_tab", "Reopen the tab closed last")
_later("browser", "back", "Go back")
_later("browser", "forward", "Go forward")
_later("browser", "reload", "Load the page again")
_later("browser", "history", "List the pages visited")
_later(
    "browser", "bookmark", "Bookmark the page under a name, or go to it", name=(Name, "The keys of the name.")
)
_later("browser", "name", "Give the current tab a name", name=(Name, "The keys of the name."))
_later("browser", "scroll", "Scroll the page", by=(Scrolling, "Steps; positive is down and right."))
_later("browser", "page", "Turn pages; negative is up", pages=(int, "How many."))
_later("browser", "move", "Move to a place in the view", point=(Point, "One of 12 x 12 cells."))
_later("browser", "click", "Click where you are")
_later("browser", "right_click", "Open the menu of where you are")
_later("browser", "select", "Select a place, or what lies between two", points=(Points, "One or two cells."))
_later(
    "browser", "highlight", "Highlight a place, or a box between two", points=(Points, "One or two cells.")
)
_later("browser", "read", "Read aloud from where you are")
_later("browser", "continue", "Read the next element")
_later("browser", "where_am_i", "Say where you are")
_later("browser", "links", "List the links in view")
_later("browser", "find", "Find text in the page", text=(Text, "What to find."))
_later("browser", "find_next", "Find the next place")
_later("browser", "find_everywhere", "Find text in all that is open or known", text=(Text, "What to find."))
_later("browser", "search", "Search the web", text=(Text, "What to search for."))
_later("browser", "write", "Write into the field you are in", text=(Text, "What to write."))
_later("browser", "listen", "List the media of the page, or play the one there is")
_later("browser", "mute", "Mute the page, or let it sound", on=(bool, "Whether it is muted."))
_later("browser", "layout", "Hear the layout of the page")
_later("browser", "feedback", "Hear the page while moving, or not", on=(bool, "Whether it is heard."))
_later("browser", "replay", "Replay a recording in the browser", number=(Choice, "Its number in the list."))
_later("hearing", "microphone", "Listen through the microphone, or not", on=(bool, "Whether to listen."))
_later("model", "ask", "Ask about what you have read and recorded", question=(Text, "The question."))
_later("knowledge", "learn_page", "Learn this page")
_later("knowledge", "filter_add", "Add a filter", number=(Choice, "Its number in the list."))
_later("knowledge", "filter_remove", "Remove a filter", number=(Choice, "Its number in the list."))
_later("knowledge", "add_tag", "Add a tag", tag=(ChoiceOrText, "Its number in the list, or its text."))
_later("knowledge", "remove_tag", "Remove a tag", tag=(ChoiceOrText, "Its number in the list, or its text."))
_later("users", "change_user", "Change the user", number=(Choice, "The user's number in the list."))
