"""One door for `make` and for the image: python -m cem.local ACT [ARGUMENT ...].

What an act needs is imported when it is asked for, so that none waits for another's.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from cem.local import commands, parent_make
from cem.local.home import ROOT
from cem.local.problems import CannotRun, sentence_for


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cem.local")
    parser.add_argument("act", choices=[*_ACTS, *commands.STARTS])
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    choice = parser.parse_args(arguments)
    try:
        if choice.act in commands.STARTS:
            return _become(commands.STARTS[choice.act](os.environ))
        parent_make.heed()
        return _ACTS[choice.act](choice.arguments)
    except CannotRun as problem:
        sys.stderr.write(f"\n{problem}\n")
    except OSError as error:
        sys.stderr.write(f"\n{sentence_for(error)}\n")
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
    return 1


def _become(command: list[str]) -> int:
    os.chdir(ROOT)
    os.execv(command[0], command)  # noqa: S606 -- to be the server, not its parent


def _run(arguments: list[str]) -> int:
    from cem.local import runner

    return runner.run()


def _reset_demo(arguments: list[str]) -> int:
    from cem.local import runner

    return runner.reset_demo()


def _servers(arguments: list[str]) -> int:
    from cem.local import servers

    return servers.run_on_servers(arguments)


def _test(arguments: list[str]) -> int:
    from cem.local import testing

    return testing.run_tests(arguments, environ=os.environ)


def _lint(arguments: list[str]) -> int:
    from cem.local import checks

    return checks.lint()


def _format(arguments: list[str]) -> int:
    from cem.local import checks

    return checks.put_in_format()


def _bench(arguments: list[str]) -> int:
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments], cwd=ROOT, check=False
    ).returncode


_ACTS: Mapping[str, Callable[[list[str]], int]] = {
    "run": _run,
    "demo-reset": _reset_demo,
    "servers": _servers,
    "test": _test,
    "lint": _lint,
    "format": _format,
    "bench": _bench,
}

if __name__ == "__main__":
    sys.exit(main())
