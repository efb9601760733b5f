# SPDX-License-Identifier: Apache-2.0
#
# Suites against real servers, included by the Makefile. One program per
# tests/servers/test_<name>.c; JOBS of them run at a time.

# The slowest first: it would else run alone at the end.
SERVER_SUITES := scanners $(filter-out scanners,$(patsubst tests/servers/test_%.c,%,$(wildcard tests/servers/test_*.c)))
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
	$(Q)$(if $(KEEP_SKIPS),,rm -f $(BUILD)/skips)
	$(Q)printf '%s\n' $(filter $(BUILD)/servers/test_%,$^) | \
	  NGINX='$(NGINX)' HTTPD='$(HTTPD)' MODULE_DIR='$(BUILD)' \
	  xargs -n 1 -P $(JOBS) tests/servers/run.sh

-include $(wildcard $(BUILD)/servers/*.d)

## demo            both servers, visited by old and modern clients; installs
##                 what is missing (DEMO_DIR=…, DEMO_KEEP=1)
## demo-stop       end what a demo left running
.PHONY: demo demo-stop
demo:
	$(Q)tools/deps.sh demo
	$(Q)$(MAKE) --no-print-directory all
	$(Q)NGINX='$(NGINX)' HTTPD='$(HTTPD)' MODULE_DIR='$(BUILD)' \
	  DEMO_DIR='$(DEMO_DIR)' DEMO_KEEP='$(DEMO_KEEP)' tools/demo.sh start

demo-stop:
	$(Q)DEMO_DIR='$(DEMO_DIR)' tools/demo.sh stop
