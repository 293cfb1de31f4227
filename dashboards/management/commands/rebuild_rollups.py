"""`manage.py rebuild_rollups`: recreate the rollups from the raw rows, any time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.rollups import rebuild_rollups, rollup_differences


class Command(BaseCommand):
    help = str(gettext_lazy("Recreate the dashboards' rollups while the system runs."))

    def handle(self, *args: Any, **options: Any) -> None:
        for rollup, rows in rebuild_rollups(progress=self._show).items():
            self.stdout.write(
                _("%(rollup)s: %(rows)d rows") % {"rollup": rollup, "rows": rows}
            )
        found = rollup_differences()
        if found:
            raise CommandError("\n".join(found))

    def _show(self, done: int, total: int) -> None:
        self.stderr.write(
            _("month %(done)d of %(total)d") % {"done": done, "total": total},
            ending="\r" if done < total else "\n",
        )
