"""The extension's own checks: types, lint, Node tests, vendored files, lock file and manifest."""

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
def test_extension_passes_its_checks(check: str) -> None:
    result = run(*npm(), "run", "--silent", check)
    assert result.returncode == 0, result.stdout
    if check == "test":
        assert re.search(r"(?m)^# pass [1-9]|ℹ pass [1-9]", result.stdout), "no test ran:\n" + result.stdout
        assert re.search(r"(?m)^# skipped 0|ℹ skipped 0", result.stdout), result.stdout


def test_vendored_files_match_their_packages() -> None:
    result = run("node", "vendor.mjs", "--check")
    assert result.returncode == 0, result.stdout


def test_lock_file_has_hashes_and_no_urls() -> None:
    packages = json.loads(LOCK.read_text())["packages"]
    dependencies = {name: entry for name, entry in packages.items() if name}
    assert dependencies
    assert all("integrity" in entry for entry in dependencies.values() if not entry.get("link"))
    assert "resolved" not in LOCK.read_text()


def test_manifest_lists_every_content_script_in_order() -> None:
    scripts = json.loads((EXTENSION / "manifest.json").read_text())["content_scripts"][0]["js"]
    files = sorted(path.name for path in (EXTENSION / "content").glob("*.js"))
    assert [name.removeprefix("content/") for name in scripts if name.startswith("content/")] == files


def test_every_permission_is_used() -> None:
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


def test_worker_implements_every_command_of_the_protocol() -> None:
    script = """
      const on = { addListener() {} };
      const any = new Proxy(() => any, { get: (_, name) => (name === "then" ? undefined : any), apply: () => any });
      globalThis.chrome = new Proxy({}, { get: () => any });
      const { commandTable } = await import("./extension/worker/commands.js");
      console.log(JSON.stringify(Object.keys(commandTable(any, any))));
    """
    result = run("node", "--input-type=module", "--eval", script)
    assert result.returncode == 0, result.stdout
    assert sorted(json.loads(result.stdout)) == sorted(COMMANDS)
    assert BRIDGE.is_dir()
