#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Functions of at most 60 lines, files of at most 400. Data (.def, .inc) is not
# counted.
set -u
cd "$(dirname "$0")/../.." || exit 1

tools/sources.sh '*.c' '*.h' | xargs awk '
    function file_ends() {
        if (lines > 400) {
            print name ": " lines " lines, 400 are enough; look for a seam"
            bad = 1
        }
    }
    FNR == 1 { file_ends(); name = FILENAME; begin = 0 }
    { lines = FNR }
    /^{$/ { begin = FNR }
    /^}$/ {
        if (begin && FNR - begin + 1 > 60) {
            print name ":" begin ": a function of " FNR - begin + 1 \
                " lines, 60 are enough"
            bad = 1
        }
        begin = 0
    }
    END { file_ends(); exit bad }' >&2
