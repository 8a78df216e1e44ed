# Completion of voltage-emulator for bash: source <(voltage-emulator completion bash)
_voltage_emulator() {
  local word
  COMPREPLY=()
  while IFS=$'\t' read -r word _; do
    COMPREPLY+=("$word")
  done < <("$1" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  # The value of an effect such as status= follows without a space.
  [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace
}
complete -o default -F _voltage_emulator voltage-emulator
