"""A team that takes no new work, while its history stays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("teams", "0002_presence_and_notices")]

    operations = [
        migrations.AddField(
            model_name="team",
            name="retired_at",
            field=models.DateTimeField(null=True),
        ),
    ]
