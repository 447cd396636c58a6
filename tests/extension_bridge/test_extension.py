"""The extension's own checks: its types hold, its code is clean, its tests for Node pass, its lock names no address."""

from __future__ import annotations

import json
import re

import pytest
from nodejs import BRIDGE, LOCK, npm, prepare, run

from extension_bridge.commands import COMMANDS
from extension_bridge.identity import EXTENSION


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    prepare()


@pytest.mark.parametrize("check", ["types", "lint", "test"])
def test_the_extension_is_in_order(check: str) -> None:
    done = run(*npm(), "run", "--silent", check)
    assert done.returncode == 0, done.stdout
    if check == "test":
        assert re.search(r"(?m)^# pass [1-9]|ℹ pass [1-9]", done.stdout), "no test ran:\n" + done.stdout
        assert re.search(r"(?m)^# skipped 0|ℹ skipped 0", done.stdout), done.stdout


def test_what_is_vendored_is_what_its_script_makes() -> None:
    done = run("node", "vendor.mjs", "--check")
    assert done.returncode == 0, done.stdout


def test_the_lock_has_hashes_and_no_addresses() -> None:
    packages = json.loads(LOCK.read_text())["packages"]
    named = {name: about for name, about in packages.items() if name}
    assert named and all("integrity" in about for about in named.values() if not about.get("link"))
    assert "resolved" not in LOCK.read_text()


def test_every_content_script_is_in_the_manifest_and_in_order() -> None:
    scripts = json.loads((EXTENSION / "manifest.json").read_text())["content_scripts"][0]["js"]
    there = sorted(path.name for path in (EXTENSION / "content").glob("*.js"))
    assert [name.removeprefix("content/") for name in scripts if name.startswith("content/")] == there


def test_the_extension_asks_for_no_more_than_it_needs() -> None:
    manifest = json.loads((EXTENSION / "manifest.json").read_text())
    assert manifest["incognito"] == "not_allowed" and manifest["optional_permissions"] == ["debugger"]
    code = "\n".join(path.read_text() for path in (EXTENSION / "worker").glob("*.js"))
    panel = "\n".join(path.read_text() for path in (EXTENSION / "panel").glob("*.js"))
    uses = {
        "nativeMessaging": "connectNative",
        "scripting": "chrome.scripting",
        "sidePanel": "chrome.sidePanel",
    }
    for permission in manifest["permissions"]:
        assert uses.get(permission, f"chrome.{permission}") in code + panel or permission in ("tabs",), (
            permission
        )


def test_the_worker_carries_out_every_command_of_the_protocol() -> None:
    script = """
      const on = { addListener() {} };
      const any = new Proxy(() => any, { get: (_, name) => (name === "then" ? undefined : any), apply: () => any });
      globalThis.chrome = new Proxy({}, { get: () => any });
      const { commandTable } = await import("./extension/worker/commands.js");
      console.log(JSON.stringify(Object.keys(commandTable(any, any))));
    """
    done = run("node", "--input-type=module", "--eval", script)
    assert done.returncode == 0, done.stdout
    assert sorted(json.loads(done.stdout)) == sorted(COMMANDS)
    assert BRIDGE.is_dir()
