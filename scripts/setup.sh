#!/bin/sh
# Find a Python 3.11 or newer and let it make everything ready: setup.sh run | test
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

usable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for name in "$root/.venv/bin/python" python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 && usable "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

if ! python=$(find_python); then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3 python3-venv >/dev/null
    fi
    if ! python=$(find_python); then
        echo "需要 Python 3.11 或更新版本，请执行：sudo apt-get install python3 python3-venv" >&2
        exit 1
    fi
fi
exec "$python" "$root/scripts/setup.py" "$@"
