# resonote completes verbs, flags and the names of concepts in elvish. In ~/.config/elvish/rc.elv:
#   eval (resonote completions elvish | slurp)
set edit:completion:arg-completer[resonote] = {|@typed|
    tmp E:RESONOTE_COMPLETE = elvish
    # A value to a line, as it is; elvish quotes it.
    try {
        e:resonote (- (count $typed) 1) $@typed 2>/dev/null | from-lines
    } catch failure {
    }
}
