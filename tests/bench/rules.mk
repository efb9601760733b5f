# SPDX-License-Identifier: Apache-2.0
#
# Measurements, included by the Makefile; docs/bench.md says what they mean.
# One program per tests/bench/bench_<name>.c; what it prints is kept in
# build/bench/<name>.txt.

BENCH_NAMES := $(if $(TEST),$(TEST),$(patsubst tests/bench/bench_%.c,%,$(wildcard tests/bench/bench_*.c)))
BENCH_FLAGS = $(SERVER_FLAGS) -D_GNU_SOURCE -O2
BENCH_OBJ = $(BUILD)/bench/bench.o $(filter-out %/harness.o,$(SERVER_OBJ))

$(BUILD)/bench/%.o: tests/bench/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(BENCH_FLAGS) -c -o $@ $<

$(BUILD)/bench/bench_%: $(BUILD)/bench/bench_%.o $(BENCH_OBJ) $(BUILD)/libtlsf.a
	$(call say,BENCH,$@)
	$(Q)$(CC) -o $@ $^ $(SSL_LIBS) $$(pkg-config --libs check)

$(BUILD)/bench/even.so: tests/bench/even.c
	@mkdir -p $(@D)
	$(call say,BENCH,$@)
	$(Q)$(CC) -std=gnu11 $(WARN) -O2 -g -fno-builtin -fPIC -shared -o $@ $<

.PRECIOUS: $(BUILD)/bench/%.o

## bench           instructions, memory and scrape times, as ratios of one run
##                 (TEST=name for one program)
.PHONY: bench
bench: all $(BUILD)/bench/even.so $(BENCH_NAMES:%=$(BUILD)/bench/bench_%)
	@command -v valgrind > /dev/null || { echo "make bench needs valgrind (Debian: valgrind)." >&2; exit 1; }
	$(Q)tools/certs.sh $(BUILD)/certs
	$(Q)fail=0; for b in $(BENCH_NAMES:%=$(BUILD)/bench/bench_%); do \
	  NGINX='$(NGINX)' HTTPD='$(HTTPD)' MODULE_DIR='$(BUILD)' $$b || fail=1; \
	done; exit $$fail

-include $(wildcard $(BUILD)/bench/*.d)
