# SPDX-License-Identifier: Apache-2.0
#
# Completion for bash. The options come from `confedit COMMAND --help`, so they
# are always those of the program that is installed.

# The commands that `confedit --help` lists.
_confedit_commands()
{
    confedit --help 2>/dev/null |
        sed -n 's/^  confedit \([a-z][a-z]*\) .*/\1/p'
}

# The options of a command.
_confedit_options()
{
    confedit "$1" --help 2>/dev/null | sed -n 's/^  \(--[a-z-]*\).*/\1/p'
}

# The backup sets, of the folder that the line names so far.
_confedit_sets()
{
    local -a where=()
    local i

    for ((i = 2; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --backup-dir | --root)
            where+=("${COMP_WORDS[i]}" "${COMP_WORDS[i + 1]}")
            ;;
        esac
    done
    confedit history --json "${where[@]}" 2>/dev/null |
        sed -n 's/.*"id": "\([^"]*\)".*/\1/p'
}

# What may stand behind an option; nothing: anything.
_confedit_values()
{
    case $1 in
    --floor) echo TLSv1 TLSv1.1 TLSv1.2 TLSv1.3 ;;
    --server) echo apache nginx ;;
    --style) echo minimal explicit ;;
    --starttls) echo smtp imap pop3 ;;
    esac
}

_confedit()
{
    local word=${COMP_WORDS[COMP_CWORD]}
    local before=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]}

    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(
            compgen -W "$(_confedit_commands) --help --version" -- "$word"
        )
        return
    fi
    case $before in
    --floor | --server | --style | --starttls)
        mapfile -t COMPREPLY < <(
            compgen -W "$(_confedit_values "$before")" -- "$word"
        )
        return
        ;;
    --root | --backup-dir)
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        return
        ;;
    esac
    case $word in
    -*)
        mapfile -t COMPREPLY < <(
            compgen -W "$(_confedit_options "$command")" -- "$word"
        )
        ;;
    *)
        if [ "$command" = undo ]; then
            mapfile -t COMPREPLY < <(
                compgen -W "$(_confedit_sets)" -- "$word"
            )
        fi
        if [ ${#COMPREPLY[@]} -eq 0 ]; then
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
        fi
        ;;
    esac
}

complete -o filenames -F _confedit confedit
