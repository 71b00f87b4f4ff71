# resonote completes verbs, flags and the names of concepts in bash. In ~/.bashrc:
#   source <(resonote completions bash)
_resonote() {
    local line
    COMPREPLY=()
    # The program divides the line itself, as bash breaks words at colons and keeps their quotes. Each line of the answer
    # can take the place of "$2": it is quoted as the person began.
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(RESONOTE_COMPLETE=bash command resonote \
        "${COMP_LINE:0:COMP_POINT}" "${COMP_LINE:COMP_POINT}" "$2" 2>/dev/null)
    # A folder is seldom the end of a path.
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o nosort -F _resonote resonote 2>/dev/null || complete -F _resonote resonote
