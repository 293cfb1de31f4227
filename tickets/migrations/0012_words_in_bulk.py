"""New words of open tickets wait in a short list, and go to the index together."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0011_expected_in")]

    operations = [
        migrations.RemoveIndex(model_name="ticketwords", name="ticket_words_open"),
        migrations.AddIndex(
            model_name="ticketwords",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("is_open", True)),
                fields=["words"],
                gin_pending_list_limit=128,
                name="ticket_words_open",
            ),
        ),
    ]
