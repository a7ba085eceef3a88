#!/bin/sh
# All checks and all tests; with arguments only pytest with these arguments. Runs with the services up (see Makefile).
set -u
python=.venv/bin/python
jobs=${JOBS:-3}
failed=""

step() { # title, command …
    title=$1
    shift
    echo "== $title"
    "$@" || failed="$failed
  $title"
}

run_tests() { "$python" -m pytest -n "$jobs" --durations=20 "$@"; }

# A production start with https and nothing given by default: what --deploy looks at.
deploy_check() {
    env -u DEMO -u ALLOW_HTTP DEBUG=0 PUBLIC_URL=https://portal.example.cn ALLOWED_HOSTS=portal.example.cn \
        "$python" manage.py check --deploy --fail-level WARNING
}

if [ $# -gt 0 ]; then
    run_tests "$@"
    exit $?
fi

# Types take a minute of one processor: beside the steps that follow, and told after them.
types_said=$(mktemp)
"$python" -m mypy . >"$types_said" 2>&1 &
types=$!

told_types() {
    wait "$types"
    status=$?
    cat "$types_said"
    rm -f "$types_said"
    return "$status"
}

step "ruff check" "$python" -m ruff check .
step "ruff format" "$python" -m ruff format --check .
step "import order" .venv/bin/lint-imports
step "templates" "$python" -m djlint templates --lint --quiet
step "template format" "$python" -m djlint templates --check
step "missing migrations" "$python" manage.py makemigrations --check --dry-run
step "deploy check" deploy_check
step "types" told_types
step "pytest" run_tests

if [ -n "$failed" ]; then
    echo "未通过：$failed"
    exit 1
fi
