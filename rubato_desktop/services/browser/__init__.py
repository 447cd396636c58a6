"""The browser, connected through its extension and the native host in `extension_bridge`."""

from rubato_desktop.services.browser.browser import Browser
from rubato_desktop.services.browser.connection import PanelRequest
from rubato_desktop.services.browser.model import BrowserError, Reply, Tab, Window
from rubato_desktop.services.browser.pairing import UnknownBrowser

__all__ = ["Browser", "BrowserError", "PanelRequest", "Reply", "Tab", "UnknownBrowser", "Window"]
