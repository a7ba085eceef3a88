# Thin: each command makes the machine ready (quickly when it is) and calls what does the work.
#   make demo [PORT=8000] [DETACH=1]   make stop   make report WORKBOOK=file.xlsx OUT=folder [UNITS=units.csv]
#   make test [ARGS="tests/x -k y"] [JOBS=3]   make bench   make drill   make lint

PORT ?= 8000
JOBS ?= 3
PYTHON := .venv/bin/python
SERVED := $(PYTHON) -m config.embedded
LAUNCH := $(PYTHON) -m config.launch

.PHONY: help demo stop report test lint bench drill setup setup-test
help:
	@echo "make demo [PORT=8000] [DETACH=1]   启动示范门户（首次会自动安装所需组件）"
	@echo "make stop                          停止示范门户"
	@echo "make report WORKBOOK=班次工作簿.xlsx OUT=目录 [UNITS=单位.csv]   出一个班的成绩、反馈函和通报"
	@echo "make test [ARGS=…] [JOBS=3]        全部检查与测试；给出 ARGS 时只运行 pytest"
	@echo "make lint | bench | drill          静态检查 | 性能测量 | 故障演练"

setup:
	@sh scripts/setup.sh run

setup-test:
	@sh scripts/setup.sh test

demo: setup
	@exec $(LAUNCH) demo --port $(PORT) $(if $(filter-out 0,$(DETACH)),--detach)

stop: setup
	@$(LAUNCH) stop

report: setup
	@if [ -z "$(WORKBOOK)" ] || [ -z "$(OUT)" ]; then echo "用法：make report WORKBOOK=班次工作簿.xlsx OUT=目录 [UNITS=单位.csv]" >&2; exit 2; fi
	@$(LAUNCH) report "$(WORKBOOK)" "$(OUT)" $(if $(UNITS),"$(UNITS)")

test: setup-test
	@DURABLE=0 VAR_DIR=$(CURDIR)/var-test JOBS=$(JOBS) $(SERVED) sh scripts/check.sh $(ARGS)

lint: setup-test
	@$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && .venv/bin/lint-imports && $(SERVED) $(PYTHON) -m mypy .

bench: setup-test
	@$(SERVED) $(PYTHON) -m benchmarks $(ARGS)

drill: setup-test
	@HYPOTHESIS_PROFILE=drill $(SERVED) $(PYTHON) -m pytest $(ARGS)
