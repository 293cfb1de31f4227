from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0008_recovered")]
    operations = [
        migrations.AddField(
            model_name="slapolicy",
            name="pause_minutes",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                verbose_name="paused at most, in all (minutes)",
            ),
        ),
        migrations.AddField(
            model_name="pause",
            name="limit_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="pause",
            index=models.Index(
                condition=models.Q(
                    ("ended_at__isnull", True), ("limit_at__isnull", False)
                ),
                fields=["limit_at"],
                name="pause_limit",
            ),
        ),
    ]
