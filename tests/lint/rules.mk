# SPDX-License-Identifier: Apache-2.0
#
# Rules of the house as scripts, included by the Makefile. Each
# tests/lint/<name>.sh says nothing when all is well.

LINT_NAMES := $(filter-out skip,$(patsubst tests/lint/%.sh,%,$(wildcard tests/lint/*.sh)))

## lint            the rules of the house (TEST=name for one)
.PHONY: lint
lint: $(BUILD)/libtlsf.a $(BUILD)/mod_tlsfloor.so $(BUILD)/ngx_http_tlsfloor_module.so
	$(Q)$(if $(KEEP_SKIPS),,rm -f $(BUILD)/skips)
	$(Q)bad=; for name in $(or $(TEST),$(LINT_NAMES)); do \
	  NGINX='$(NGINX)' HTTPD='$(HTTPD)' tests/lint/$$name.sh || \
	    bad="$$bad $$name"; \
	done; \
	if [ -n "$$bad" ]; then echo "lint: failed:$$bad" >&2; exit 1; fi; \
	echo 'lint: passed: $(or $(TEST),$(LINT_NAMES))'
