#compdef resonote
# resonote completes verbs, flags and the names of concepts in zsh. In ~/.zshrc, behind compinit:
#   source <(resonote completions zsh)
_resonote() {
    local answer value
    local -a typed values folders described
    typed=("${(@)words}")
    typed[CURRENT]="$QIPREFIX$PREFIX"
    # A value to a line, as it is, with a tab and a description where there is one; zsh quotes it.
    for answer in "${(@f)$(RESONOTE_COMPLETE=zsh command resonote $((CURRENT - 1)) "${(@)typed}" 2>/dev/null)}"; do
        value="${answer%%$'\t'*}"
        if [[ -z "$value" ]]; then
            continue
        elif [[ "$answer" == *$'\t'* ]]; then
            described+=("${${value//\\/\\\\}//:/\\:}:${answer#*$'\t'}")
        elif [[ "$value" == */ ]]; then
            folders+=("$value")
        else
            values+=("$value")
        fi
    done
    # Names are matched without case, as they are when they are asked for.
    local -a caseless=(-M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}')
    if [[ "$PREFIX" == '~/'* ]]; then
        # What stands for the home folder keeps doing so.
        compset -P '\~/'
        folders=("${(@)folders#\~/}")
    fi
    (( $#values )) && compadd "${(@)caseless}" -V names -a values
    (( $#folders )) && compadd -S '' -V folders -a folders
    (( $#described )) && _describe -V 'resonote' described
}
if [[ "$funcstack[1]" == _resonote ]]; then
    _resonote "$@"
else
    compdef _resonote resonote
fi
