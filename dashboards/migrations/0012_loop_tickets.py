import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboards", "0011_narrower_crosses"),
        ("tickets", "0011_expected_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="looprow",
            name="ticket",
            field=models.ForeignObject(
                from_fields=["ticket_id"],
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="tickets.ticket",
                to_fields=["number"],
            ),
        ),
    ]
