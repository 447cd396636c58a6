# Sourced by ./run and ./test: sets $root (this checkout) and $python (a Python that installs it).

root=$(dirname "$(readlink -f "$0")")

if [ -x "$root/.venv/bin/python" ]; then
    python=$root/.venv/bin/python
else
    # One that can make environments is better than one that needs a package first.
    for needs in "import ensurepip" ""; do
        for name in python3.11 python3.12 python3 /usr/bin/python3; do
            if "$name" -I -c "import sys; $needs
sys.exit(not (3, 11) <= sys.version_info < (3, 13))" 2>/dev/null; then
                python=$name
                break 2
            fi
        done
    done
fi

if [ -z "$python" ]; then
    echo "Rubato needs Python 3.11 or 3.12, and there is none here. On Debian 12: sudo apt-get install python3-venv" >&2
    exit 2
fi
