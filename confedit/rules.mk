# SPDX-License-Identifier: Apache-2.0
#
# confedit and its tests, included by the Makefile.

# One folder for each stage (docs/architecture.md); data/ has rows only.
CE_FOLDERS := $(filter-out confedit/data,$(patsubst %/,%,$(wildcard confedit/*/)))
CE_INC := -Iconfedit -Icore $(CE_FOLDERS:%=-I%)
CE_SRC := $(wildcard $(CE_FOLDERS:%=%/*.c))
CE_LIB := $(filter-out confedit/command/main.c,$(CE_SRC))
CE_FLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE $(WARN) \
	$(STRICT) $(CE_INC) -MMD -MP
# libcurl is loaded when it is needed: only its header is.
CE_LIBS := -ljansson -ldl $(SSL_LIBS)

.PHONY: have-confedit
have-confedit:
	@pkg-config --exists jansson || { echo "confedit needs jansson (Debian: libjansson-dev)." >&2; exit 1; }
	@pkg-config --exists libcurl || { echo "confedit needs libcurl (Debian: libcurl4-openssl-dev)." >&2; exit 1; }

$(BUILD)/confedit.d/%.o: confedit/%.c | have-confedit
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CE_FLAGS) $(CFLAGS) $(HARDEN) -c -o $@ $<

## confedit        build/confedit, the tool for existing configurations
.PHONY: confedit
confedit: $(BUILD)/confedit

all: confedit

$(BUILD)/confedit: $(CE_SRC:confedit/%.c=$(BUILD)/confedit.d/%.o) $(BUILD)/core/tlsf_version.o
	$(call say,LINK,$@)
	$(Q)$(CC) -o $@ $^ $(LDFLAGS) -pie -Wl,-z,relro,-z,now $(CE_LIBS)

.PHONY: install-confedit
install-confedit: $(BUILD)/confedit
	$(call say,INSTALL,confedit)
	$(Q)install -D -m 755 $< "$(DESTDIR)$(PREFIX)/bin/confedit"
	$(Q)install -D -m 644 docs/confedit.1 "$(DESTDIR)$(PREFIX)/share/man/man1/confedit.1"
	$(Q)install -D -m 644 contrib/completion/confedit.bash "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/confedit"

# --- tests --------------------------------------------------------------------

CE_UNIT := $(patsubst tests/confedit/unit/test_%.c,%,$(wildcard tests/confedit/unit/test_*.c))
CE_SAN := $(CE_LIB:confedit/%.c=$(BUILD)/san/confedit/%.o)

$(BUILD)/san/confedit/%.o: confedit/%.c
	@mkdir -p $(@D)
	$(call say,CC,$< (sanitizers))
	$(Q)$(CC) $(CE_FLAGS) -g -O1 $(SAN) -c -o $@ $<

$(BUILD)/confedit-unit/%: tests/confedit/unit/%.c tests/unit/check_main.c $(CE_SAN) $(BUILD)/san/tlsf_version.o
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) -std=gnu11 $(WARN) $(CE_INC) -Itests -g -O1 $(SAN) \
	  -MMD -MP -o $@ $(filter %.c %.o,$^) $(CE_LIBS) $$(pkg-config --libs check)

# The golden cases run the program with the sanitizers too.
$(BUILD)/san/confedit/confedit: confedit/command/main.c $(CE_SAN) $(BUILD)/san/tlsf_version.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CE_FLAGS) -g -O1 $(SAN) -o $@ $(filter %.c %.o,$^) $(CE_LIBS)

## check-confedit  confedit's unit suites and golden cases (TEST=name for one);
##                 without TEST real servers, file systems and crashes, too:
##                 check-confedit-{unit,cases,reality,files,crash,live,contrib}
CE_CHECKS := reality files crash live contrib
.PHONY: check-confedit check-confedit-unit check-confedit-cases
.PHONY: $(CE_CHECKS:%=check-confedit-%)
check-confedit: check-confedit-unit check-confedit-cases \
  $(if $(TEST),,$(CE_CHECKS:%=check-confedit-%))

check-confedit-unit: $(patsubst %,$(BUILD)/confedit-unit/test_%,$(if $(TEST),$(filter $(TEST),$(CE_UNIT)),$(CE_UNIT)))
	$(Q)fail=0; for t in $^; do $$t || fail=1; done; exit $$fail

check-confedit-cases: $(BUILD)/san/confedit/confedit
	$(Q)tests/confedit/cases.sh $< $(if $(filter-out $(CE_UNIT),$(TEST)),$(TEST))

check-confedit-reality: $(BUILD)/confedit
	$(Q)NGINX='$(NGINX)' HTTPD='$(HTTPD)' tests/confedit/reality.sh $<
	$(Q)NGINX='$(NGINX)' HTTPD='$(HTTPD)' EDIT='raise --floor TLSv1.2' tests/confedit/reality.sh $<

# File systems, and a kill -9 at every step; with TEST=name one case.
check-confedit-files: $(BUILD)/confedit
	$(Q)NGINX='$(NGINX)' HTTPD='$(HTTPD)' tests/confedit/files.sh $< $(TEST)

check-confedit-crash: $(BUILD)/confedit
	$(Q)tests/confedit/crash.sh $< $(TEST)

# Running servers: probe, reload, verify, metrics; with TEST=name one case.
$(BUILD)/mail_server: tests/confedit/mail_server.c
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) -std=gnu11 $(WARN) -g -O1 -o $@ $< $(SSL_LIBS)

check-confedit-live: $(BUILD)/confedit $(BUILD)/mail_server $(BUILD)/mod_tlsfloor.so $(BUILD)/ngx_http_tlsfloor_module.so
	$(Q)NGINX='$(NGINX)' HTTPD='$(HTTPD)' MODULES='$(BUILD)' CERTS='$(BUILD)/certs' tests/confedit/live.sh $< $(BUILD)/mail_server $(TEST)

# What contrib/ has, at work.
check-confedit-contrib: $(BUILD)/confedit
	$(Q)tests/confedit/contrib.sh $<

-include $(wildcard $(BUILD)/confedit.d/*/*.d $(BUILD)/san/confedit/*/*.d $(BUILD)/confedit-unit/*.d)

# --- fuzzing: confedit's own objects, linked beside core's ----------------------

CE_FUZZ_OBJ := $(CE_LIB:confedit/%.c=$(BUILD)/fuzz/confedit/%.o)
# confedit's folders first: its data/ is not core's.
CE_FUZZ_FLAGS = $(CE_INC) $(FUZZ_FLAGS) -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE

$(BUILD)/fuzz/confedit/%.o: confedit/%.c | fuzz-tool
	@mkdir -p $(@D)
	$(call say,FUZZ-CC,$<)
	$(Q)$(FUZZ_CC) $(CE_FUZZ_FLAGS) -fsanitize=fuzzer-no-link,$(FUZZ_SAN) -c -o $@ $<

$(BUILD)/fuzz/libconfedit.a: $(CE_FUZZ_OBJ)
	$(Q)rm -f $@ && ar rcs $@ $^

CE_FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_lex_*.c tests/fuzz/fuzz_edit_*.c))

# What the readers' targets have in common.
$(BUILD)/fuzz/fuzz_read_apache $(BUILD)/fuzz/fuzz_read_nginx: $(BUILD)/fuzz/fuzz_read_%: tests/fuzz/fuzz_read_%.c tests/fuzz/read_tree.c $(BUILD)/fuzz/libconfedit.a $(BUILD)/fuzz/libtlsf.a
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)
	$(Q)$(FUZZ_CC) $(CE_FUZZ_FLAGS) -Itests -fsanitize=fuzzer,$(FUZZ_SAN) -o $@ $(filter %.c %.a,$^) $(CE_LIBS)

$(CE_FUZZERS:%=$(BUILD)/fuzz/%): $(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/fuzz/libconfedit.a $(BUILD)/fuzz/libtlsf.a
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)
	$(Q)$(FUZZ_CC) $(CE_FUZZ_FLAGS) -fsanitize=fuzzer,$(FUZZ_SAN) -o $@ $(filter %.c %.a,$^) $(CE_LIBS)

# The golden trees to begin with.
$(BUILD)/fuzz/seeds-edit: $(wildcard tests/confedit/cases/*/args)
	@mkdir -p $(foreach k,edit read,$(BUILD)/fuzz/corpus/$k_apache $(BUILD)/fuzz/corpus/$k_nginx)
	$(Q)for c in tests/confedit/cases/*/in; do \
	  name=$$(basename "$$(dirname "$$c")"); \
	  for f in "$$c"/*; do \
	    test ! -f "$$f" || cp "$$f" $(BUILD)/fuzz/corpus/edit_apache/"$$name-$${f##*/}"; \
	  done; \
	done
	$(Q)for k in edit_nginx read_apache read_nginx; do \
	  cp $(BUILD)/fuzz/corpus/edit_apache/* $(BUILD)/fuzz/corpus/$$k; \
	done
	@touch $@

fuzz-run-edit_apache fuzz-run-edit_nginx fuzz-run-read_apache fuzz-run-read_nginx: $(BUILD)/fuzz/seeds-edit

-include $(wildcard $(BUILD)/fuzz/confedit/*/*.d)
