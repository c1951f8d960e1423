# Sourced by hooks/setup and scripts/test after lib.sh: finds programs on the user's path.
# Nothing that lies in the project is run, and no working directory is searched.

newest_supported=14  # the newest Python 3 that every package of the lock has wheels for

# find_project: sets $project to the tree around the session or the command, as far as its
# git root; to nothing where there is none, or where it holds the home folder.
find_project() {
  project=$(cd -P "${CLAUDE_PROJECT_DIR:-$PWD}" 2>/dev/null && pwd -P) || project=
  home=$(cd -P "${HOME:-/}" 2>/dev/null && pwd -P)
  parent=$project
  while [ -n "$parent" ] && [ ! -e "$parent/.git" ]; do parent=${parent%/*}; done
  if [ -n "$parent" ]; then
    project=$parent
  elif [ -z "${CLAUDE_PROJECT_DIR-}" ] && [ ! -e mix.exs ] && [ ! -e pyproject.toml ]; then
    project=
  fi
  case $home/ in "${project%/}"/*) project= ;; esac
}

# in_project PATH: whether an absolute path lies in the project.
in_project() {
  [ -n "$project" ] && case $1/ in "$project"/*) ;; *) false ;; esac
}

# on_path NAME...: prints the programs of these names, folder by folder.
on_path() {
  (
    IFS=:
    set -f
    for folder in $user_path "${HOME-}/.local/bin" "${HOME-}/.cargo/bin" \
      /opt/homebrew/bin /usr/local/bin /usr/bin; do
      case $folder in /*) ;; *) continue ;; esac
      folder=$(cd -P "$folder" 2>/dev/null && pwd -P) || continue
      if in_project "$folder"; then continue; fi
      for name in "$@"; do
        if [ -f "$folder/$name" ] && [ -x "$folder/$name" ]; then printf '%s\n' "$folder/$name"; fi
      done
    done
  )
}

# real_python PROGRAM: prints the interpreter behind a program, which may be a shim, a link
# or a virtual environment's; fails when it is not CPython 3.11 or newer, and with 10 when
# it is one that the lock may have no wheels for.
real_python() {
  "$1" -I -S -c "
import os, sys
if sys.version_info < (3, 11) or sys.implementation.name != 'cpython':
    sys.exit(1)
print(os.path.realpath(getattr(sys, '_base_executable', None) or sys.executable))
sys.exit(10 if sys.version_info >= (3, $newest_supported + 1) or 't' in sys.abiflags else 0)
" 2>/dev/null </dev/null
}

# find_uv: sets $uv to the uv program, or to nothing.
find_uv() {
  uv=$(on_path uv | head -n 1)
}

# find_python: sets $python to the interpreter to use; where only uv is there, uv finds one
# or fetches it. Fails when there is none.
find_python() {
  unset PYENV_VERSION VIRTUAL_ENV CONDA_PREFIX UV_PYTHON
  python='' unsupported=''
  while read -r program; do
    # Apple's own is older, and asking it opens a window where it is not installed.
    [ "$program" != /usr/bin/python3 ] || [ ! -d /System/Library ] || continue
    found=$(real_python "$program")
    status=$?
    in_project "$found" && continue
    case $status in
      0) python=$found && return ;;
      10) unsupported=${unsupported:-$found} ;;
    esac
  done <<END
$(on_path python3 python3.14 python3.13 python3.12 python3.11 python)
END
  if [ -n "$uv" ]; then
    wanted=">=3.11,<3.$((newest_supported + 1))"
    found=$("$uv" python find --project / --system "$wanted" 2>/dev/null </dev/null) ||
      { "$uv" python install --project / "3.$newest_supported" >/dev/null 2>&1 </dev/null &&
        found=$("$uv" python find --project / --system "$wanted" 2>/dev/null </dev/null); }
    found=$(real_python "$found") && ! in_project "$found" && python=$found && return
  fi
  python=$unsupported
  [ -n "$python" ]
}
