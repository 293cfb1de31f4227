"""When an import was last worked on; consent's channels are a closed list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_search_in_upper_case")]

    operations = [
        migrations.AddField(
            "customerimport", "worked_at", models.DateTimeField(null=True)
        ),
        migrations.AlterField(
            "consent",
            "channel",
            models.CharField(
                choices=[
                    ("email", "E-mail"),
                    ("sms", "Text message"),
                    ("phone", "Phone call"),
                    ("chat", "Chat"),
                ],
                max_length=20,
            ),
        ),
    ]
