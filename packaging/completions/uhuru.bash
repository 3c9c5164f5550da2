# Completions of uhuru for bash. The program itself knows what may stand where.
_uhuru() {
  local word=${COMP_WORDS[COMP_CWORD]} line
  [ "$word" != = ] || word=   # --recipe=
  local -a answer
  mapfile -t answer < <("${COMP_WORDS[0]}" --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=()
  for line in "${answer[@]:1}"; do
    line=${line%%$'\t'*}
    [[ $line != "$word"* ]] || COMPREPLY+=("$line")
  done
  case ${answer[0]-files} in
    files)
      compopt -o filenames
      mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word")
      ;;
    folders)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -d -- "$word")
      ;;
  esac
}
complete -F _uhuru uhuru
