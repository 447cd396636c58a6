"""The browser, which joins through its extension and a native host: see `extension_bridge`."""

from rubato_desktop.services.browser.browser import Browser
from rubato_desktop.services.browser.connection import Asked
from rubato_desktop.services.browser.model import BrowserError, Reply, Tab, Window
from rubato_desktop.services.browser.pairing import Stranger

__all__ = ["Asked", "Browser", "BrowserError", "Reply", "Stranger", "Tab", "Window"]
