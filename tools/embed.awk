# SPDX-License-Identifier: Apache-2.0
# A text file becomes a list of C string literals, one per line, for #include
# inside an initialiser. Nothing is left out; a question mark is escaped so that
# no trigraph can arise.
#
#   awk -f tools/embed.awk core/data/page.html > core/data/page.html.inc
{
    gsub(/\\/, "\\\\")
    gsub(/"/, "\\\"")
    gsub(/\?/, "\\?")
    gsub(/\t/, "\\t")
    printf "\"%s\\n\",\n", $0
}
