#!/bin/sh
# Write requirements.lock and requirements-test.lock: every package, every hash, no address.
# Versions already locked stay, unless asked otherwise:  packaging/lock.sh --upgrade
# Needs uv. tinysoundfont asks for pyaudio only to play by itself, which the application does not let it.

set -e
cd "$(dirname "$(readlink -f "$0")")/.."
PATH=$PWD/.venv/bin:$PATH

lock() {
    target=$1
    shift
    uv pip compile pyproject.toml --output-file "$target" --quiet --universal --python-version 3.11 \
        --generate-hashes --no-emit-package pyaudio --no-annotate --no-header "$@"
}

lock requirements.lock --extra build "$@"
lock requirements-test.lock --extra build --extra test --constraint requirements.lock "$@"
