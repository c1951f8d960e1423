"""The real oban of PyPI on a real PostgreSQL, for tests.

    run_generated(worker_source, test_source) -> Result    one worker.py with its test
    run_project({path: text, …}) -> Result                 any files; all tests in one go
    needed().database()                                    the address of a new database
    python()                                               the interpreter that has oban

`Result` has `passed`, `outcomes` ({"test_worker.py::test_it": "passed", …}), `code` and
`output`. A run takes about two seconds: many small projects are better one, each in a folder.
In it are the packages of requirements.in, and each test has a fresh Oban named "Oban"; for
what else is there see generated.PROJECT.

The first call makes the environment (in .cache, from hash-locked packages) and starts the
server, which ends with the process. Where a Python 3.12 or PostgreSQL is missing, the test
is skipped. Change requirements.in, then run `tests/oban_py/lock`.
"""

from .environment import python
from .generated import Result, needed, run_generated, run_project

__all__ = ["Result", "needed", "python", "run_generated", "run_project"]
