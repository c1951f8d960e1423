# Sourced by hooks/guard while no checker is ready. The edit passes whatever happens here.
LC_ALL=C
export LC_ALL
jobs='[Oo]ban|def perform|def process|use .*Worker'

# mentions_jobs EVENT: whether the edit, or the file at $path before it, looks like one of
# a job. What a folder is called says nothing.
mentions_jobs() {
  printf '%s' "$1" | sed -E 's/"(transcript_path|cwd|file_path)": ?"[^"\\]*"//g' |
    grep -qE "$jobs" && return
  [ -f "$path" ] && grep -qE "$jobs" "$path"
}

event=$(cat)
path=$(field file_path "$event")
mentions_jobs "$event" && make_folder "$data" || exit 0
read_session "$event"

# The checker looks at these files once it is there.
[ -z "$path" ] || (umask 077 && printf '["%s", "%s"]\n' "$session_id" "$path" >>"$data/unchecked")

if [ "${OS-}" = Windows_NT ]; then
  tell windows 'Windows is not supported yet; edits are not checked.'
  exit 0
fi
if first_time set-up; then
  rm -f "$data/failure.json"
  start_set_up "$data"
fi
if { read -r reason <"$data/failure.json"; } 2>/dev/null; then
  reason=${reason#\"}
  later='Edits are not checked; the next session tries again. More: oban-guard doctor'
  tell failure "set-up failed: ${reason%\"}. $later"
else
  tell preparing 'preparing its checker, once; until that is done edits are not checked.'
fi
exit 0
