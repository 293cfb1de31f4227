"""Our own Valkey under CEM_HOME: broker, cache and doorbell, nothing to be kept."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

import redis

from cem.local import ports, wheels
from cem.local.engine import Engine, State
from cem.local.home import write_private
from cem.local.problems import CannotRun
from cem.local.unprivileged import Unprivileged

# A file, because the command line, password included, would be everybody's to read.
_CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir "{folder}"
pidfile "{folder}/pid"
daemonize no
save ""
appendonly no
set-proc-title no
"""


class Valkey(Engine):
    name = "Valkey"
    stop_signal = signal.SIGTERM

    @classmethod
    def below(cls, home: Path, environ: Mapping[str, str]) -> Valkey:
        return cls(home / "valkey", wheels.valkey_server(environ))

    @property
    def url(self) -> str:
        endpoint = self.endpoint
        return f"redis://:{endpoint.password}@{ports.LOOPBACK}:{endpoint.port}/0"

    @property
    def state(self) -> State:
        client = redis.Redis.from_url(self.url, socket_timeout=5, decode_responses=True)
        try:
            folder = str(client.config_get("dir")["dir"])
        except redis.AuthenticationError:
            return State.FOREIGN
        except redis.BusyLoadingError:
            return State.BUSY
        except redis.ConnectionError as error:
            return State.SILENT if "refused" in str(error) else State.FOREIGN
        except redis.RedisError:
            return State.FOREIGN
        finally:
            client.close()
        return State.READY if Path(folder) == self.folder.resolve() else State.FOREIGN

    @property
    def pid_file(self) -> Path:
        return self.folder / "pid"

    @property
    def mark(self) -> str:
        return str(self._configuration)

    @property
    def _configuration(self) -> Path:
        return self.folder / "valkey.conf"

    def _prepare(self, user: Unprivileged | None) -> None:
        endpoint = self.endpoint
        text = _CONFIGURATION.format(
            host=ports.LOOPBACK,
            port=endpoint.port,
            password=endpoint.password,
            folder=str(self.folder).replace("\\", "\\\\").replace('"', '\\"'),
        )
        write_private(self._configuration, text)
        if user is not None:
            user.own(self.folder)

    def _command(self) -> Sequence[str]:
        return [str(self.program), str(self._configuration)]


def check_answers(url: str) -> None:
    """Raise CannotRun where no server answers at `url`."""
    try:
        with redis.Redis.from_url(url, socket_timeout=10) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise CannotRun(
            f"The Redis or Valkey that REDIS_URL names cannot be used: {error}"
        ) from None
