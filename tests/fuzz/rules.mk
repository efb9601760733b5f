# SPDX-License-Identifier: Apache-2.0
#
# Fuzzing of core, included by the Makefile. Each tests/fuzz/fuzz_<name>.c is
# one libFuzzer target (clang). What it finds of interest is kept in
# build/fuzz/corpus/<name>; an input that fails is left in build/fuzz/.

FUZZ_CC ?= clang
FUZZ_SECONDS ?= 30
FUZZ_SAN := address,undefined
FUZZ_FLAGS = -std=c11 $(WARN) $(STRICT) -Icore -g -O1 -MMD -MP \
	-fno-sanitize-recover=undefined
FUZZ_NAMES := $(if $(TEST),$(TEST),$(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_OBJ := $(CORE_SRC:core/%.c=$(BUILD)/fuzz/core/%.o)

.PHONY: fuzz-tool
fuzz-tool:
	@command -v $(FUZZ_CC) > /dev/null || { echo "fuzzing needs clang with libFuzzer (Debian: clang libclang-rt-14-dev; or FUZZ_CC=…)." >&2; exit 1; }

$(BUILD)/fuzz/core/%.o: core/%.c | fuzz-tool
	@mkdir -p $(@D)
	$(call say,FUZZ-CC,$<)
	$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,$(FUZZ_SAN) -c -o $@ $<

$(BUILD)/fuzz/libtlsf.a: $(FUZZ_OBJ)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(BUILD)/fuzz/libtlsf.a
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)
	$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer,$(FUZZ_SAN) -o $@ $< \
	  $(BUILD)/fuzz/libtlsf.a $(SSL_LIBS)

# Real hellos and User-Agents to begin with.
$(BUILD)/fuzz/seeds: tests/data/user_agents.tsv $(wildcard tests/data/hellos/*)
	@mkdir -p $(FUZZ_NAMES:%=$(BUILD)/fuzz/corpus/%)
	@mkdir -p $(BUILD)/fuzz/corpus/hello $(BUILD)/fuzz/corpus/client
	$(Q)for f in tests/data/hellos/*.hex; do \
	  xxd -r -p "$$f" > $(BUILD)/fuzz/corpus/hello/$$(basename "$$f" .hex); \
	done
	$(Q)grep -v '^#' tests/data/user_agents.tsv | cut -f 1 | \
	  split -l 1 -a 4 -d - $(BUILD)/fuzz/corpus/client/agent-
	@touch $@

# One line per target; all that was said when it fails.
.PHONY: fuzz-run-%
fuzz-run-%: $(BUILD)/fuzz/fuzz_% $(BUILD)/fuzz/seeds
	@mkdir -p $(BUILD)/fuzz/corpus/$*
	$(Q)$< -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
	  -artifact_prefix=$(BUILD)/fuzz/ $(BUILD)/fuzz/corpus/$* \
	  > $(BUILD)/fuzz/$*.log 2>&1 || { cat $(BUILD)/fuzz/$*.log >&2; exit 1; }
	@sed -n 's/^stat::number_of_executed_units: */  FUZZ     $*: inputs tried: /p' \
	  $(BUILD)/fuzz/$*.log

## fuzz            core under libFuzzer, FUZZ_SECONDS (30) for each target
##                 (TEST=name for one)
.PHONY: fuzz
fuzz: $(FUZZ_NAMES:%=fuzz-run-%)

## check-fuzz      the same, 5 seconds each
.PHONY: check-fuzz
check-fuzz: FUZZ_SECONDS = 5
check-fuzz: fuzz

.PRECIOUS: $(BUILD)/fuzz/fuzz_%

-include $(wildcard $(BUILD)/fuzz/*.d $(BUILD)/fuzz/core/*.d)
