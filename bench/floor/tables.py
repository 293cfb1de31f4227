"""python -m bench.floor.tables: make the floor's two tables."""

import os

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.floor.settings"
    import django

    django.setup()
    from django.db import connection

    from bench.floor.models import Outbox, Response

    with connection.schema_editor() as editor:
        editor.create_model(Response)
        editor.create_model(Outbox)
