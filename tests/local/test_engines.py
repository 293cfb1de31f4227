"""PostgreSQL and Valkey below one folder, whatever happened to them before."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis

from cem.local.children import spawn
from cem.local.engine import State
from cem.local.engines import Engines, engines
from cem.local.home import ROOT
from cem.local.postgres import Postgres, buffers_of, helpers_of
from cem.local.problems import CannotRun
from cem.local.unprivileged import unprivileged_for
from cem.local.valkey import Valkey


def ask(url: str, query: str) -> object:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


class TestPostgres:
    def test_sorts_by_code_point_and_knows_the_letters_of_unicode(
        self, own: Engines
    ) -> None:
        assert ask(own.database_url, "SELECT upper('ärger') || ('Z' < 'a')") == (
            "ÄRGERtrue"
        )

    @pytest.mark.parametrize(
        ("memory", "buffers"), [(1_024, 128), (4_096, 256), (64_000, 512)]
    )
    def test_keeps_a_part_of_the_memory_at_hand(
        self, memory: int, buffers: int
    ) -> None:
        assert buffers_of(memory) == buffers

    @pytest.mark.parametrize(("cores", "helpers"), [(1, 0), (2, 1), (4, 2), (64, 2)])
    def test_leaves_cores_to_other_questions(self, cores: int, helpers: int) -> None:
        assert helpers_of(cores) == helpers

    def test_refuses_another_password(self, own: Engines) -> None:
        url = own.database_url.replace("cem:", "cem:not-", 1)
        with pytest.raises(psycopg2.OperationalError, match="authentication failed"):
            psycopg2.connect(url)

    def test_listens_on_this_machine_only(self, own: Engines) -> None:
        assert ask(own.database_url, "SHOW listen_addresses") == "127.0.0.1"

    def test_is_never_root(self, own: Engines) -> None:
        assert own.postgres.pid is not None
        assert os.stat(f"/proc/{own.postgres.pid}").st_uid != 0

    def test_may_at_most_pass_closed_folders(self, own: Engines) -> None:
        status = Path(f"/proc/{own.postgres.pid}/status").read_text()
        found = re.search(r"^CapEff:\s*([0-9a-f]+)$", status, re.MULTILINE)
        assert found is not None
        pass_folders, override = 1 << 2, 1 << 1
        assert int(found[1], 16) in (0, pass_folders, override)

    def test_restarts_on_the_same_port(self, own: Engines) -> None:
        before = own.postgres.url
        own.postgres.restart()
        assert own.postgres.url == before
        assert own.postgres.state is State.READY

    def test_keeps_what_was_committed_when_it_is_killed(self, own: Engines) -> None:
        ask(own.database_url, "CREATE TABLE promise AS SELECT 42 AS kept")
        own.postgres.kill()
        assert own.postgres.state is State.SILENT
        own.postgres.start()
        assert ask(own.database_url, "SELECT kept FROM promise") == 42

    def test_starts_over_a_pid_file_whose_number_belongs_to_another_process(
        self, own: Engines
    ) -> None:
        own.postgres.stop()
        somebody = spawn(
            ["sleep", "60"],
            cwd=own.home,
            output=subprocess.DEVNULL,
            parent_signal=signal.SIGKILL,
            user=unprivileged_for(own.postgres.folder, own.postgres.program),
        )
        pid_file = own.postgres.cluster / "postmaster.pid"
        pid_file.write_text(f"{somebody.pid}\n{own.postgres.cluster}\n")
        try:
            assert own.postgres.start() is True
            assert somebody.poll() is None
        finally:
            somebody.kill()
            somebody.wait()

    def test_does_nothing_when_it_already_runs(self, own: Engines) -> None:
        assert own.postgres.start() is False

    def test_takes_another_port_when_its_own_is_taken(self, own: Engines) -> None:
        own.postgres.stop()
        old = own.postgres.endpoint.port
        with socket.create_server(("127.0.0.1", old)):
            own.postgres.start()
        assert own.postgres.endpoint.port != old
        assert ask(own.postgres.url, "SELECT 1") == 1

    def test_empties_its_database_under_connected_clients(self, own: Engines) -> None:
        ask(own.postgres.url, "CREATE TABLE rubbish ()")
        with closing(psycopg2.connect(own.postgres.url)):
            own.postgres.recreate_database()
        assert ask(own.postgres.url, "SELECT to_regclass('rubbish')") is None

    def test_says_that_the_disk_is_full(self, own: Engines) -> None:
        said = "FATAL:  could not write lock file: No space left on device"
        problem = str(own.postgres._failure(said))
        assert problem.startswith("The disk is full, so PostgreSQL cannot start")

    def test_says_why_a_broken_cluster_does_not_start(
        self, home: Path, nothing_given: dict[str, str]
    ) -> None:
        with engines(home, environ=nothing_given, durable=False) as running:
            cluster = running.postgres.cluster
        (cluster / "PG_VERSION").write_text("9\n")
        broken = Postgres.below(home, nothing_given, durable=False)
        with pytest.raises(CannotRun, match="did not start: .*incompatible"):
            broken.start()


class TestValkey:
    def test_keeps_nothing(self, own: Engines) -> None:
        client = redis.Redis.from_url(own.redis_url)
        client.set("word", "gone")
        own.valkey.restart()
        assert client.get("word") is None

    def test_refuses_another_password(self, own: Engines) -> None:
        url = own.redis_url.replace("redis://:", "redis://:not-", 1)
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(url).ping()

    def test_comes_back_on_its_port_after_being_killed(self, own: Engines) -> None:
        own.valkey.kill()
        assert own.valkey.state is State.SILENT
        own.valkey.start()
        assert redis.Redis.from_url(own.redis_url).ping() is True

    def test_shows_its_password_on_no_command_line(self, own: Engines) -> None:
        command = Path(f"/proc/{own.valkey.pid}/cmdline").read_bytes()
        assert own.valkey.endpoint.password.encode() not in command

    def test_takes_another_port_when_its_own_is_taken(self, own: Engines) -> None:
        own.valkey.stop()
        old = own.valkey.endpoint.port
        with socket.create_server(("127.0.0.1", old)):
            own.valkey.start()
        assert own.valkey.endpoint.port != old
        assert own.valkey.state is State.READY


class TestEngines:
    def test_keep_their_secrets_to_their_owner(self, own: Engines) -> None:
        for name in ("env", "postgres/endpoint.json", "valkey/endpoint.json"):
            assert stat.S_IMODE((own.home / name).stat().st_mode) == 0o600

    def test_leave_word_for_manage_py(self, own: Engines) -> None:
        noted = (own.home / "env").read_text().splitlines()
        assert f"REDIS_URL={own.redis_url}" in noted

    def test_change_nothing_outside_their_home(
        self, home: Path, nothing_given: dict[str, str]
    ) -> None:
        home.parent.chmod(0o700)
        with engines(home, environ=nothing_given, durable=False):
            pass
        assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700

    def test_refuse_a_home_that_another_command_uses(
        self, own: Engines, nothing_given: dict[str, str]
    ) -> None:
        with (
            pytest.raises(CannotRun, match="in use by another command"),
            engines(own.home, environ=nothing_given),
        ):
            pass

    def test_run_side_by_side_in_two_homes(
        self, own: Engines, home: Path, nothing_given: dict[str, str]
    ) -> None:
        with engines(home, environ=nothing_given, durable=False) as second:
            ask(second.database_url, "CREATE TABLE second ()")
            assert ask(own.postgres.url, "SELECT to_regclass('second')") is None

    def test_stop_with_the_block(
        self, home: Path, nothing_given: dict[str, str]
    ) -> None:
        with engines(home, environ=nothing_given, durable=False) as running:
            postgres, valkey = running.postgres, running.valkey
        assert (postgres.pid, valkey.pid) == (None, None)

    def test_take_over_what_a_killed_command_left_running(
        self, home: Path, nothing_given: dict[str, str]
    ) -> None:
        abandon(home, nothing_given)
        said: list[str] = []
        with engines(home, environ=nothing_given, say=said.append) as running:
            assert said == [
                "PostgreSQL was running already",
                "Valkey was running already",
            ]
            postgres, valkey = running.postgres, running.valkey
        assert (postgres.pid, valkey.pid) == (None, None)

    def test_use_the_servers_that_are_given_and_start_none(
        self, own: Engines, home: Path, nothing_given: dict[str, str]
    ) -> None:
        given = {"DATABASE_URL": own.postgres.url, "REDIS_URL": own.valkey.url}
        with engines(home, environ={**nothing_given, **given}) as running:
            assert running.started == []
            assert running.database_url == own.postgres.url
            with pytest.raises(CannotRun, match="not ours to stop"):
                _ = running.postgres

    def test_read_a_given_address_from_a_file(
        self, own: Engines, home: Path, tmp_path: Path, nothing_given: dict[str, str]
    ) -> None:
        (tmp_path / "url").write_text(f"{own.postgres.url}\n")
        given = {"DATABASE_URL_FILE": str(tmp_path / "url"), "REDIS_URL": "redis://x"}
        with engines(home, environ={**nothing_given, **given}) as running:
            assert running.database_url == own.postgres.url


def abandon(home: Path, environ: dict[str, str]) -> None:
    """Start both as a command that is then killed, where the kernel does not tidy up."""
    # In a helper thread nothing is asked of the kernel: as on a Mac, say.
    code = (
        "import os, sys, threading\n"
        "from pathlib import Path\n"
        "from cem.local.engines import engines\n"
        "def run():\n"
        "    with engines(Path(sys.argv[1]), durable=False):\n"
        "        os._exit(0)\n"
        "thread = threading.Thread(target=run)\n"
        "thread.start(); thread.join()\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(home)], cwd=ROOT, env=environ, check=True
    )
    assert Postgres.below(home, environ).pid is not None
    assert Valkey.below(home, environ).pid is not None
