#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No message in any language may advise less security: turn TLS off, switch a
# name check off, ignore a certificate error, lower an encryption level; and
# none may call a version the safest. Patterns per language; a language without
# patterns fails. Each pattern set is first tried on sentences it has to catch.
set -u
cd "$(dirname "$0")/../.." || exit 1

patterns() {
    case $1 in
    en) cat <<'END'
(turn|switch)(ing)? off (TLS|SSL|HTTPS|encryption|the (name|host|certificate|security))
(turn|switch)(ing)? (TLS|SSL|HTTPS|encryption|(it|the (name|host|certificate|security))[a-z ]*) off
(disabl(e|ing)|deactivat(e|ing)) (TLS|SSL|HTTPS|encryption|the|certificate|name|security)
(ignor(e|ing)|accept(ing)?|click(ing)? through|skip(ping)?|dismiss(ing)?) (the |any |all )*([a-z-]+ )*(certificate|warning|error)
(lower|reduc|weaken|relax)(e|ing)? (the )*(encryption|security|cipher|TLS)
(without|no) (TLS|SSL|encryption)
(http|plain)://|plain ?text connection
(safest|most secure|best) (TLS )?version
END
        ;;
    ja) cat <<'END'
(TLS|SSL|HTTPS|暗号化)[ 0-9.]*を(無効|オフ|解除|切)
(名前|ホスト名|証明書|セキュリティ)[^。]*を(無効|オフ|解除|省略|外)
(証明書|警告|エラー)[^。]*(無視|続行|許容)
(暗号化?|セキュリティ)[^。]*(下げ|弱め|緩め)
(TLS|SSL|暗号化)(を使わず|なしで)
(最も|一番|もっとも)(安全|セキュア)
http://
END
        ;;
    esac
}

# One sentence per seed of bad advice, to be caught.
samples() {
    case $1 in
    en) cat <<'END'
As a last resort turn off TLS.
Switch the name check off in the client.
You may ignore the certificate error.
Lower the encryption level.
TLS 1.2 is the safest version.
END
        ;;
    ja) cat <<'END'
最後の手段として TLS を無効にしてください。
ホスト名の確認を無効にしてください。
証明書のエラーは無視して構いません。
暗号化のレベルを下げてください。
TLS 1.2 は最も安全なバージョンです。
END
        ;;
    esac
}

fail=0
for file in core/data/messages.*.def; do
    language=${file#core/data/messages.}
    language=${language%.def}
    list=$(mktemp)
    patterns "$language" > "$list"
    if [ ! -s "$list" ]; then
        echo "$0: no patterns for language $language" >&2
        fail=1
    fi
    samples "$language" | while read -r sentence; do
        printf '%s\n' "$sentence" | grep -qiE -f "$list" ||
            { echo "$0: $language lets pass: $sentence" >&2; exit 1; }
    done || fail=1
    # One message per line: join the pieces of a literal first.
    if awk '/^TLSF_MESSAGE\(/ { line = "" }
            { line = line $0 }
            /\)$/ { gsub(/" *"/, "", line); print line; line = "" }' "$file" |
        grep -iE -f "$list"; then
        echo "$0: $file gives advice that lowers security (above)" >&2
        fail=1
    fi
    rm -f "$list"
done
exit $fail
