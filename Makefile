# Each target does its own set-up from nothing; the second call of either is quick.
PYTHON ?= python3
VENV   ?= .venv
STAMP  := $(VENV)/.installed

.PHONY: eval tiny leaderboard browser test lint clean

eval: $(STAMP)
	$(VENV)/bin/vstreamqa eval --model flash-vstream

# Trains the demo's checkpoints from nothing, each in about half an hour, beside those that come with the project.
tiny: $(STAMP)
	$(VENV)/bin/python -m vstreamqa.training.tiny.flash_vstream --out tiny/flash-vstream-mini
	$(VENV)/bin/python -m vstreamqa.training.tiny.videollm_online --out tiny/videollm-online-mini

# Writes leaderboard/LEADERBOARD.md, CSV, JSON and the page leaderboard/site/ from what lies in leaderboard/.
leaderboard: $(STAMP)
	$(VENV)/bin/vstreamqa leaderboard build

test: $(STAMP)
	$(VENV)/bin/python -m pytest -n auto

# What the tests of the pages need besides Chromium, which the system has or has not.
browser: $(VENV)/.browser

lint: $(STAMP)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

# constraints.txt pins one torch, so that a machine without a GPU is not sent gigabytes of CUDA where a CPU build of
# it can be had; `pip install -e .` without it takes the newest torch, or the one already installed.
$(STAMP): pyproject.toml constraints.txt
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install -q --retries 5 -c constraints.txt -e '.[dev]'
	touch $@

$(VENV)/.browser: $(STAMP)
	$(VENV)/bin/python -m pip install -q --retries 5 -c constraints.txt -e '.[dev,browser]'
	touch $@

clean:
	rm -rf $(VENV)
