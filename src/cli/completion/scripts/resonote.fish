# resonote completes verbs, flags and the names of concepts in fish. In ~/.config/fish/config.fish:
#   resonote completions fish | source
function __resonote_complete
    set --local typed (commandline --current-process --tokenize --cut-at-cursor)
    # A value to a line, as it is, with a tab and a description where there is one; fish quotes it.
    RESONOTE_COMPLETE=fish command resonote (count $typed) $typed (commandline --current-token --cut-at-cursor) 2>/dev/null
end
complete --command resonote --no-files --keep-order --arguments '(__resonote_complete)'
