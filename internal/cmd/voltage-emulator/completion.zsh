#compdef voltage-emulator
# Completion of voltage-emulator for zsh: source <(voltage-emulator completion zsh)
_voltage_emulator() {
  local line
  local -a found
  for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  if (( ${#found} )); then
    _describe 'voltage-emulator' found
  else
    _files
  fi
}
if [[ $funcstack[1] = _voltage_emulator ]]; then
  _voltage_emulator "$@"
else
  compdef _voltage_emulator voltage-emulator
fi
