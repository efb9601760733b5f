# SPDX-License-Identifier: Apache-2.0
#
# Suites against real servers, included by the Makefile. One program per
# tests/servers/test_<name>.c; JOBS of them run at a time.

SERVER_SUITES := $(patsubst tests/servers/test_%.c,%,$(wildcard tests/servers/test_*.c))
SERVER_HARNESS := $(filter-out $(wildcard tests/servers/test_*.c),$(wildcard tests/servers/*.c))
SERVER_OBJ := $(SERVER_HARNESS:tests/servers/%.c=$(BUILD)/servers/%.o)
SERVER_FLAGS = -std=gnu11 $(WARN) -Icore -Itests -g -O1 -MMD -MP
JOBS ?= $(shell nproc)

$(BUILD)/servers/%.o: tests/servers/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(SERVER_FLAGS) -c -o $@ $<

$(BUILD)/servers/test_%: $(BUILD)/servers/test_%.o $(SERVER_OBJ)
	$(call say,TEST,$@)
	$(Q)$(CC) -o $@ $^ $(SSL_LIBS) $$(pkg-config --libs check)

.PRECIOUS: $(BUILD)/servers/%.o

SERVER_PROGRAMS := $(SERVER_SUITES:%=$(BUILD)/servers/test_%)

## check-servers   suites against real servers (TEST=name for one; KEEP=1
##                 leaves the servers' folders in build/tmp)
.PHONY: check-servers
check-servers: all $(if $(TEST),$(BUILD)/servers/test_$(TEST),$(SERVER_PROGRAMS))
	$(Q)rm -f $(BUILD)/skips
	$(Q)printf '%s\n' $(filter $(BUILD)/servers/test_%,$^) | \
	  NGINX='$(NGINX)' HTTPD='$(HTTPD)' MODULE_DIR='$(BUILD)' \
	  xargs -n 1 -P $(JOBS) tests/servers/run.sh

-include $(wildcard $(BUILD)/servers/*.d)
