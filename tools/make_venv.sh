#!/bin/sh
# Makes the virtual environment $1, whose Python will be $2, unless it is there already.
# $3 is the Python that the caller named; when empty, the first one that is new enough is taken.
set -eu
venv=$1 venv_python=$2 named=$3

# Prints "3.11", or nothing when it is older than that or cannot be run at all.
version_of() {
    "$1" -c 'import sys
if sys.version_info >= (3, 11): print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true
}

made_with=$(version_of "$venv_python")
if [ -n "$made_with" ] && [ -z "$named" ]; then
    exit 0
fi

for python in ${named:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
    version=$(version_of "$python")
    if [ -n "$version" ]; then
        break
    fi
done

if [ -z "$version" ]; then
    echo "Private Path needs Python 3.11 or newer; ${named:-python3} is $(${named:-python3} --version 2>&1 || true)" >&2
    echo "Install one, or name it: PYTHON=python3.12 make lab" >&2
    exit 1
fi
if [ "$made_with" = "$version" ]; then
    exit 0
fi

if ! "$python" -m venv --clear "$venv"; then
    rm -rf "$venv"
    echo "$python could not make a virtual environment (above). On Debian and Ubuntu: apt install python3-venv" >&2
    exit 1
fi
