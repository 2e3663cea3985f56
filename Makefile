# make demo: the main job on seeds/. make test: the tests. Both create .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PAGE := seeds/000_cd34df91496a73e2.txt
OUT := build/demo

.PHONY: demo test lint clean

$(VENV)/.done: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[arrow]' 'pytest>=8' 'hypothesis>=6.100' 'mypy>=1.10' 'ruff>=0.6'
	touch $@

demo: $(VENV)/.done
	@rm -rf $(OUT) && mkdir -p $(OUT)
	@echo '== What is wrong with the page?  textfix detect $(PAGE)'
	@$(BIN)/textfix detect $(PAGE)
	@echo; echo '== Repair it.  textfix fix $(PAGE) -o $(OUT)/page.txt'
	@$(BIN)/textfix fix $(PAGE) -o $(OUT)/page.txt
	@head -c 900 $(OUT)/page.txt | iconv -c -f utf-8 -t utf-8 2>/dev/null; echo ' ...'
	@echo; echo '== What changed?  textfix diff $(OUT)/page.txt  (the first lines)'
	@$(BIN)/textfix diff $(OUT)/page.txt > $(OUT)/page.diff; test $$? -eq 1
	@head -24 $(OUT)/page.diff
	@echo; echo '== Why?  textfix explain $(OUT)/page.txt  (the broken characters)'
	@$(BIN)/textfix explain $(OUT)/page.txt > $(OUT)/page.why; grep desync $(OUT)/page.why
	@echo; echo '== Back to the original bytes.  textfix revert $(OUT)/page.txt -o $(OUT)/back.txt'
	@$(BIN)/textfix revert $(OUT)/page.txt -o $(OUT)/back.txt
	@cmp $(PAGE) $(OUT)/back.txt
	@echo; echo 'demo: the page was reported on, repaired, compared and brought back, byte for byte. See $(OUT)/.'

test: $(VENV)/.done
	$(BIN)/python -m pytest
	@echo 'test: all tests passed.'

lint: $(VENV)/.done
	$(BIN)/ruff format --check textfix tests benchmarks
	$(BIN)/ruff check textfix tests benchmarks
	$(BIN)/mypy
	@echo 'lint: format, lint and types are in order.'

clean:
	rm -rf $(VENV) build dist .hypothesis .mypy_cache .ruff_cache .pytest_cache
