# Completion of voltage-emulator for fish: voltage-emulator completion fish > ~/.config/fish/completions/voltage-emulator.fish
function __voltage_emulator_complete
    set -l words (commandline -opc) (commandline -ct)
    command $words[1] __complete $words[2..-1] 2>/dev/null
end
complete -c voltage-emulator -n 'test -n "$(__voltage_emulator_complete)"' -f -a '(__voltage_emulator_complete)'
