# Sourced by the hooks and the launchers, with $root set to the plugin's folder. POSIX
# sh that dash and macOS's bash 3.2 run alike. data_folder and ready run on every edit:
# they answer in variables and fork nothing.

# The commands that the hooks themselves run come from the system, not from a folder that
# a project put on the path.
user_path=${PATH-}
user_path=${user_path#/usr/bin:/bin:}
PATH=/usr/bin:/bin${user_path:+:$user_path}

# data_folder: sets $data to the folder that state is kept in; fails where no variable
# names one. checker/places.py decides the same.
data_folder() {
  for data in "${OBAN_GUARD_DATA-}" "${CLAUDE_PLUGIN_DATA-}" \
    "${XDG_CACHE_HOME:+$XDG_CACHE_HOME/oban-guard}" "${HOME:+$HOME/.cache/oban-guard}"; do
    case $data in /*) return 0 ;; esac
  done
  return 1
}

# make_folder FOLDER: makes it, for the user alone; fails when it is not theirs.
make_folder() {
  [ -d "$1" ] || (umask 077 && mkdir -p "$1") 2>/dev/null
  [ -O "$1" ] && [ -w "$1" ]
}

# ready HOME: sets $python to the interpreter of the environment below HOME; fails while
# there is none.
ready() {
  python=
  { read -r python <"$1/python"; } 2>/dev/null
  [ -x "$python" ] && [ -d "$1/env/current/site" ] && [ -O "$1" ]
}

# up_to_date HOME: whether the environment holds what the lock file says.
up_to_date() {
  cmp -s "$root/requirements.lock" "$1/env/current/requirements.lock"
}

# field NAME EVENT: prints the first string of this name in an event, unless it holds an
# escape. No pattern of the shell does this: on a long text they take minutes.
field() {
  printf '%s' "$2" | grep -oE "\"$1\": ?\"[^\"\\\\]*\"" | head -n 1 | sed 's/^[^:]*: *"//; s/"$//'
}

# read_session EVENT: sets $session_id, and $session to a name for it that is safe in a path.
read_session() {
  session_id=$(field session_id "$1")
  session=$(printf '%s' "$session_id" | cksum)
  session=${session% *}-${session#* }
}

# first_time CAUSE: whether this session meets the cause for the first time.
first_time() {
  make_folder "$data/told" && mkdir "$data/told/$session-$1" 2>/dev/null
}

# tell CAUSE TEXT: shows the user a line of plain text, once per session and cause.
tell() {
  if first_time "$1"; then printf '{"systemMessage": "oban-guard: %s"}\n' "$2"; fi
}

# start_set_up ARGUMENTS...: runs hooks/setup so that it neither holds the session nor
# ends with it. macOS has no setsid; there a process group of its own does it.
start_set_up() {
  if command -v setsid >/dev/null; then
    setsid "$root/hooks/setup" "$@" </dev/null >/dev/null 2>&1 &
  else
    (set -m && "$root/hooks/setup" "$@" &) </dev/null >/dev/null 2>&1
  fi
}
