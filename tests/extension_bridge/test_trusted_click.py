"""Trusted clicks, in a real Chromium. The browser asks the user for the permission, so here the manifest grants it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest
from extension_harness import Harness, open_harness
from waiting import until
from web_server import Site

from extension_bridge.identity import EXTENSION


@pytest.fixture(scope="module")
def allowed(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    extension = tmp_path_factory.mktemp("allowed") / "extension"
    shutil.copytree(EXTENSION, extension)
    manifest = json.loads((extension / "manifest.json").read_text(encoding="utf-8"))
    manifest["permissions"] += manifest.pop("optional_permissions")
    (extension / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with open_harness(tmp_path_factory.mktemp("harness"), site, extension=extension) as harness:
        until(harness.app.windows, "what is open to be told")
        yield harness


def test_permission_is_reported(allowed: Harness) -> None:
    assert allowed.app.wait_for_event("permission")["args"] == {"debugger": True}


def test_click_is_trusted(allowed: Harness) -> None:
    page = allowed.show("form.html")
    page.evaluate("addEventListener('click', event => { window.trusted = event.isTrusted; }, true)")
    send = next(button for button in allowed.app.value("buttons") if button["label"] == "Send order")
    allowed.app.value("focus", ref=send["ref"])
    clicked = allowed.app.value("trusted_click")
    assert (clicked["label"], clicked["kind"]) == ("Send order", "button")
    allowed.wait_until(lambda: page.evaluate("window.trusted") is True, "a click that is trusted")


def test_target_out_of_view_is_scrolled_into_view(allowed: Harness) -> None:
    page = allowed.show("article.html")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', "
        '\'<div style="height:3000px"></div><button onclick="document.title = 1">Far down</button>\');'
        "scrollTo(0, 99999)"
    )
    far = next(button for button in allowed.app.value("buttons") if button["label"] == "Far down")
    allowed.app.value("focus", ref=far["ref"])
    page.evaluate("scrollTo(0, 0)")
    assert allowed.app.value("trusted_click")["label"] == "Far down"
    allowed.wait_until(lambda: page.title() == "1", "it to be pressed")


def test_target_in_a_frame_is_clicked(allowed: Harness) -> None:
    page = allowed.show("frames.html")
    inner = next(frame for frame in page.frames if "name=same" in frame.url)
    inner.evaluate(
        "document.body.insertAdjacentHTML('afterbegin', '<button id=deep>Deep</button>');"
        "deep.onclick = event => { deep.dataset.trusted = event.isTrusted; }; true"
    )
    deep = next(button for button in allowed.app.value("buttons") if button["label"] == "Deep")
    allowed.app.value("focus", ref=deep["ref"])
    assert allowed.app.value("trusted_click")["label"] == "Deep"
    allowed.wait_until(lambda: inner.evaluate("deep.dataset.trusted") == "true", "it to be pressed")


def test_removed_or_disabled_target_is_not_clicked(allowed: Harness) -> None:
    page = allowed.show("form.html")
    page.evaluate("window.pressed = 0; addEventListener('click', () => { window.pressed++; }, true)")
    send = next(button for button in allowed.app.value("buttons") if button["label"] == "Send order")
    allowed.app.value("focus", ref=send["ref"])
    page.evaluate("[...document.querySelectorAll('button')].forEach(each => { each.disabled = true; })")
    assert allowed.app.ask("trusted_click")["error"]["code"] == "disabled"
    page.evaluate("document.body.replaceChildren(document.createElement('p'))")
    assert allowed.app.ask("trusted_click")["error"]["code"] == "gone"
    page.wait_for_timeout(100)
    assert page.evaluate("window.pressed") == 0
