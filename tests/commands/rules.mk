# SPDX-License-Identifier: Apache-2.0

## check-commands  make's own targets, missing tools, the demo
.PHONY: check-commands
check-commands: all
	$(Q)tests/commands/run.sh
