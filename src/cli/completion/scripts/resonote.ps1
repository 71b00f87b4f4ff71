# resonote completes verbs, flags and the names of concepts in PowerShell. In $PROFILE:
#   resonote completions powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName resonote -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    # Words are taken from what was parsed and never run. One that is no plain text stays as it is written.
    $typed = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
    })
    $before = $env:RESONOTE_COMPLETE
    try {
        $env:RESONOTE_COMPLETE = 'powershell'
        # An equals sign stands before the word that is being typed, as some versions lose an empty argument.
        $answers = & (Get-Command resonote -CommandType Application | Select-Object -First 1) $typed.Count @typed "=$wordToComplete" 2>$null
    } catch {
        $answers = @()
    } finally {
        $env:RESONOTE_COMPLETE = $before
    }
    # A line holds the value quoted as the person began, what is shown for it, and what it is for.
    $answers | ForEach-Object {
        $part = $_.Split("`t")
        [System.Management.Automation.CompletionResult]::new($part[0], $part[1], 'ParameterValue', $part[2])
    }
}
