# SPDX-License-Identifier: Apache-2.0
#
# tlsfloor. `make help` lists the targets; the variables below may be set on
# the command line.
#
#   V=1            show the commands
#   DESTDIR, PREFIX, MODDIR   where `make install-…` puts things
#   APXS           Apache's build tool
#   NGINX          the nginx binary the tests run
#   NGINX_SRC      nginx source tree, or Debian's /usr/share/nginx/src
#   HTTPD          the httpd binary the tests run
#   SAN            sanitizers of the unit tests (empty: none)
#   TEST           one suite (unit or server) by name
#   WERROR=1       warnings are errors

VERSION := $(shell sed -n 's/^\#define TLSF_RELEASE "\(.*\)"/\1/p' core/tlsf_release.h)

.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:

V ?=
Q := $(if $(V),,@)
say = $(if $(V),@:,@printf '  %-8s %s\n' '$(1)' '$(2)')

CC ?= gcc
APXS ?= $(shell command -v apxs || command -v apxs2)
NGINX ?= /usr/sbin/nginx
NGINX_SRC ?= /usr/share/nginx/src
HTTPD ?= $(shell command -v apache2 || command -v httpd || echo /usr/sbin/apache2)
PREFIX ?= /usr/local
DESTDIR ?=
SAN ?= -fsanitize=address,undefined -fno-sanitize-recover=undefined

BUILD := build
CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wpointer-arith -Wformat=2 -Wundef -Wvla \
	-Wimplicit-fallthrough $(if $(WERROR),-Werror)
STRICT := -Wpedantic -Wconversion -Wcast-qual
HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=2
CORE_FLAGS := -std=c11 $(WARN) $(STRICT) -Icore -fPIC -fvisibility=hidden \
	-MMD -MP
SSL_LIBS := -lssl -lcrypto

CORE_SRC := $(wildcard core/tlsf_*.c)
CORE_OBJ := $(CORE_SRC:core/%.c=$(BUILD)/core/%.o)

## all             the modules whose server's build tool is installed
.PHONY: all
all: mod_tlsfloor ngx_tlsfloor

## help            this list
.PHONY: help
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)
	@sed -n 's/^#   //p' $(firstword $(MAKEFILE_LIST)) | sed '1i\\nvariables:'

# --- core -------------------------------------------------------------------

$(BUILD)/core/%.o: core/%.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CORE_FLAGS) $(CFLAGS) $(HARDEN) -c -o $@ $<

$(BUILD)/libtlsf.a: $(CORE_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

# Pages are real HTML; a generator makes the strings that C includes.
core/data/%.html.inc: core/data/%.html tools/embed.awk
	$(call say,EMBED,$<)
	$(Q)awk -f tools/embed.awk $< > $@

# --- mod_tlsfloor -----------------------------------------------------------

MOD_SRC := $(wildcard mod_tlsfloor/*.c)
MOD_OBJ := $(MOD_SRC:mod_tlsfloor/%.c=$(BUILD)/mod_tlsfloor/%.o)

## mod_tlsfloor    build/mod_tlsfloor.so, for Apache httpd
.PHONY: mod_tlsfloor
mod_tlsfloor: $(BUILD)/mod_tlsfloor.so

# Asked once, when the first file is compiled.
APXS_FLAGS = $(eval APXS_FLAGS := -I$$(shell $(APXS) -q INCLUDEDIR) $$(shell $(APXS) -q EXTRA_INCLUDES) $$(shell $(APXS) -q EXTRA_CPPFLAGS))$(APXS_FLAGS)
APXS_MODDIR = $(shell $(APXS) -q LIBEXECDIR)

.PHONY: have-apxs
have-apxs:
	@test -n "$(APXS)" && command -v "$(APXS)" > /dev/null || { echo "mod_tlsfloor needs apxs (Debian: apache2-dev; or APXS=...)." >&2; exit 1; }
	@test -e "$$($(APXS) -q INCLUDEDIR)/mod_ssl_openssl.h" || { echo "mod_tlsfloor needs mod_ssl_openssl.h (Debian: apache2-ssl-dev)." >&2; exit 1; }

$(BUILD)/mod_tlsfloor/%.o: mod_tlsfloor/%.c | have-apxs
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 $(WARN) -Icore $(APXS_FLAGS) -fPIC \
	  -MMD -MP \
	  $(CFLAGS) $(HARDEN) -c -o $@ $<

$(BUILD)/mod_tlsfloor.so: $(MOD_OBJ) $(BUILD)/libtlsf.a
	$(call say,LINK,$@)
	$(Q)$(CC) -shared -o $@ $^ $(LDFLAGS) -Wl,-z,relro,-z,now $(SSL_LIBS)

# --- ngx_tlsfloor -----------------------------------------------------------

NGX_SRC := $(wildcard ngx_tlsfloor/*.c ngx_tlsfloor/*.h) ngx_tlsfloor/config
NGX_DIR := $(abspath $(BUILD))/nginx

## ngx_tlsfloor    build/ngx_http_tlsfloor_module.so, for nginx
.PHONY: ngx_tlsfloor
ngx_tlsfloor: $(BUILD)/ngx_http_tlsfloor_module.so

# Configured again only when the list of files or what it is built for changes.
NGX_WHAT := $(NGINX_SRC) $(CC) $(CFLAGS) $(NGX_OPTS) $(sort $(CORE_SRC) $(wildcard core/*.h core/data/*))
$(BUILD)/nginx.options: FORCE
	@mkdir -p $(@D)
	@echo '$(NGX_WHAT)' | cmp -s - $@ || echo '$(NGX_WHAT)' > $@

$(NGX_DIR)/Makefile: ngx_tlsfloor/config $(BUILD)/nginx.options
	@test -x "$(NGINX_SRC)/configure" || test -x "$(NGINX_SRC)/auto/configure" || { echo "ngx_tlsfloor needs an nginx source tree (Debian: nginx-dev; or NGINX_SRC=…)." >&2; exit 1; }
	$(call say,CONF,$(NGINX_SRC))
	@mkdir -p $(NGX_DIR)
	$(Q)cd "$(NGINX_SRC)" && \
	  $$(test -x ./configure && echo ./configure || echo ./auto/configure) \
	  --builddir="$(NGX_DIR)" --with-compat --with-http_ssl_module \
	  --with-http_v2_module --with-cc="$(CC)" $(NGX_OPTS) \
	  --with-cc-opt='$(CFLAGS) $(HARDEN)' \
	  --add-dynamic-module="$(CURDIR)/ngx_tlsfloor" > "$(NGX_DIR)/configure.log" 2>&1 || \
	  { tail -5 "$(NGX_DIR)/configure.log" >&2; echo "nginx's configure failed; the log is $(NGX_DIR)/configure.log" >&2; exit 1; }

$(BUILD)/ngx_http_tlsfloor_module.so: $(NGX_DIR)/Makefile $(NGX_SRC) $(CORE_SRC) $(wildcard core/*.h core/data/*)
	$(call say,NGINX,$@)
	$(Q)cd "$(NGINX_SRC)" && $(MAKE) --no-print-directory -s \
	  -f "$(NGX_DIR)/Makefile" modules > "$(NGX_DIR)/make.log" 2>&1 || \
	  { cat "$(NGX_DIR)/make.log" >&2; exit 1; }
	$(Q)cp "$(NGX_DIR)/ngx_http_tlsfloor_module.so" $@.new && mv $@.new $@

.PHONY: FORCE
FORCE:

# --- installation -----------------------------------------------------------
# Modules only: no server's configuration is ever edited.

## install         everything; install-apache, install-nginx, install-confedit for
##                 one
.PHONY: install install-apache install-nginx
install: install-apache install-nginx install-confedit

install-apache: $(BUILD)/mod_tlsfloor.so
	$(call say,INSTALL,$(DESTDIR)$(or $(MODDIR),$(APXS_MODDIR))/mod_tlsfloor.so)
	$(Q)install -D -m 644 $< "$(DESTDIR)$(or $(MODDIR),$(APXS_MODDIR))/mod_tlsfloor.so"

NGINX_MODDIR = $(or $(MODDIR),$(shell $(NGINX) -V 2>&1 | sed -n 's/.*--modules-path=\([^ ]*\).*/\1/p'),/usr/lib/nginx/modules)
install-nginx: $(BUILD)/ngx_http_tlsfloor_module.so
	$(call say,INSTALL,$(DESTDIR)$(NGINX_MODDIR)/ngx_http_tlsfloor_module.so)
	$(Q)install -D -m 644 $< "$(DESTDIR)$(NGINX_MODDIR)/ngx_http_tlsfloor_module.so"

# --- unit tests -------------------------------------------------------------
# One program per suite: tests/unit/test_<name>.c gives test_suite().

UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_NAMES := $(UNIT_SRC:tests/unit/test_%.c=%)
UNIT_FLAGS := -std=gnu11 $(WARN) -Icore -Itests -g -O1 $(SAN) -MMD -MP
SAN_OBJ := $(CORE_SRC:core/%.c=$(BUILD)/san/%.o)

$(BUILD)/san/%.o: core/%.c
	@mkdir -p $(@D)
	$(call say,CC,$< (sanitizers))
	$(Q)$(CC) -std=c11 $(WARN) $(STRICT) -Icore -g -O1 $(SAN) -MMD -MP -c -o $@ $<

$(BUILD)/san/libtlsf.a: $(SAN_OBJ)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/unit/%: tests/unit/%.c tests/unit/check_main.c $(BUILD)/san/libtlsf.a
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) $(UNIT_FLAGS) -o $@ $< tests/unit/check_main.c \
	  $(BUILD)/san/libtlsf.a $(SSL_LIBS) $$(pkg-config --cflags --libs check)

## check-unit      unit suites of core with ASan and UBSan (TEST=name for one)
.PHONY: check-unit
check-unit: $(if $(TEST),$(BUILD)/unit/test_$(TEST),$(UNIT_NAMES:%=$(BUILD)/unit/test_%))
	$(Q)fail=0; for t in $^; do $$t || fail=1; done; exit $$fail

include tests/servers/rules.mk
include tests/lint/rules.mk
include tests/commands/rules.mk
-include confedit/rules.mk tests/bench/rules.mk tests/fuzz/rules.mk

# --- everything -------------------------------------------------------------
# Tools are looked up when a Makefile is read, so what installs them comes in
# a make of its own.

## check           everything: what is missing (installed by root), build,
##                 lint, unit suites, a little fuzzing, real servers
.PHONY: check check-deps check-all
check: check-deps
	$(Q)rm -f $(BUILD)/skips
	$(Q)$(MAKE) --no-print-directory check-all KEEP_SKIPS=1
	$(Q)test ! -s $(BUILD)/skips || { echo 'Not run:'; cat $(BUILD)/skips; }

## check-deps      install what check needs and is missing (Debian, root)
check-deps:
	$(Q)tools/deps.sh check

# What is quick and fails often comes first, each step after the one before.
check-all:
	$(Q)for step in all lint check-unit \
	  $(if $(wildcard tests/fuzz/rules.mk),check-fuzz) check-confedit check-commands check-servers; do \
	  $(MAKE) --no-print-directory $$step || exit 1; \
	done

## fmt             format every source file
.PHONY: fmt fmt-check
fmt:
	$(Q)clang-format -i $$(git ls-files '*.c' '*.h')

## fmt-check       say which files are not formatted
fmt-check:
	$(Q)clang-format --dry-run --Werror $$(git ls-files '*.c' '*.h')

## clean           remove build/
.PHONY: clean
clean:
	$(Q)rm -rf $(BUILD)

-include $(CORE_OBJ:.o=.d) $(SAN_OBJ:.o=.d) $(MOD_OBJ:.o=.d) $(wildcard $(BUILD)/unit/*.d)
