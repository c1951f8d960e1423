"""What hooks run: `python -I -S … hook.py ROOT DATA`, an event on stdin, an answer on stdout.

Kept this short because the interpreter compiles it on every edit.
"""

import sys

root, data = sys.argv[1:]
sys.path += [root, data + "/env/current/site"]

from os import environ  # noqa: E402

from checker.answer import answer  # noqa: E402

sys.stdout.write(answer(sys.stdin.buffer.read(), data, environ))
