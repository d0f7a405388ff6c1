
# The one above takes a word for an option if it is a part of one: "all" of --all-namespaces.
function currentPositionalIndex() {
  local result=0 i word
  for (( i = COMP_CWORD - 1; i >= 0; i-- )); do
    word=${COMP_WORDS[i]}
    [ "$word" = "$1" ] && break
    case " ${2//\'/} " in *" $word "*) (( result -= 1 )); continue ;; esac
    case " ${3//\'/} " in *" $word "*) continue ;; esac
    (( result += 1 ))
  done
  echo "$result"
}

# Where this script has nothing to offer, the program is asked: names are known to the server, and contexts are in a file. It answers
# within about a second or not at all, and asks for nothing, since it is given no terminal. Its words are taken as they are, never expanded.
function _complete_meshctl_with_names() {
  local word
  _complete_meshctl "$@"
  { [ "${#COMPREPLY[@]}" -gt 0 ] || [ "$COMP_CWORD" -lt 2 ]; } && return 0
  case "${COMP_WORDS[COMP_CWORD]}" in -*) return 0 ;; esac
  while IFS= read -r word; do
    [ -n "$word" ] && COMPREPLY+=("$word")
  done <<< "$("${COMP_WORDS[0]/#\~/$HOME}" __complete "${COMP_LINE:0:$COMP_POINT}" 2> /dev/null < /dev/null)"
  return 0
}
# Without files for want of anything else: where a file may stand, the one above offers files itself.
complete -F _complete_meshctl_with_names meshctl
