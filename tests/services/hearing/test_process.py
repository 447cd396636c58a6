"""The hearing process reports in plain words why it cannot start."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from installed_models import install

from rubato_desktop.interpreter import own_process


@pytest.mark.parametrize("damaged", ["voice-activity", "whisper"])
def test_a_damaged_packaged_model_is_reported_in_plain_words(
    damaged: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = next(iter(install(damaged, tmp_path / "installed", monkeypatch).values()))
    file.write_bytes(b"truncated")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "installed"), prepend=os.pathsep)
    command, environment = own_process(
        "rubato_desktop.services.hearing.process", [str(tmp_path), "", "en", "", "0"]
    )
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdin is not None
        problem = next(
            report["problem"] for line in process.stdout if "problem" in (report := json.loads(line))
        )
        process.stdin.close()
    assert f"damaged: {file.name}" in problem["happened"]
    assert problem["code"] == "bad_model" and problem["kept"] and problem["todo"]
