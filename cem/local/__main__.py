"""python -m cem.local run | demo-reset | servers COMMAND ... | web | worker | ..."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

from cem.local import children, commands
from cem.local.home import ROOT
from cem.local.problems import CannotRun, sentence_for


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cem.local")
    parser.add_argument("act", choices=[*_ACTS, *commands.STARTS])
    parser.add_argument("command", nargs=argparse.REMAINDER)
    choice = parser.parse_args(arguments)
    try:
        if choice.act in commands.STARTS:
            return _become(commands.STARTS[choice.act](os.environ))
        # `make` killed is `make run` stopped.
        if os.environ.get("MAKELEVEL"):
            children.end_with_parent(signal.SIGTERM)
        return _ACTS[choice.act](choice.command)
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


def _run(command: list[str]) -> int:
    from cem.local import runner

    return runner.run()


def _reset_demo(command: list[str]) -> int:
    from cem.local import runner

    return runner.reset_demo()


def _servers(command: list[str]) -> int:
    from cem.local import servers

    return servers.run_on_servers(command)


_ACTS: Mapping[str, Callable[[list[str]], int]] = {
    "run": _run,
    "demo-reset": _reset_demo,
    "servers": _servers,
}

if __name__ == "__main__":
    sys.exit(main())
