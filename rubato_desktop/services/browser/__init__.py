"""The browser, which joins through its extension and a native host: see `extension_bridge`."""

from rubato_desktop.services.browser.browser import Browser
from rubato_desktop.services.browser.connection import PanelRequest
from rubato_desktop.services.browser.model import BrowserError, Reply, Tab, Window
from rubato_desktop.services.browser.pairing import UnknownBrowser

__all__ = ["Browser", "BrowserError", "PanelRequest", "Reply", "Tab", "UnknownBrowser", "Window"]
