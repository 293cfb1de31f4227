import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _loop_row(name: str, field: models.Field) -> migrations.AddField:
    return migrations.AddField("looprow", name, field)


def _loop_cell(name: str) -> migrations.AddField:
    return migrations.AddField("loopcell", name, models.IntegerField(db_default=0))


class Migration(migrations.Migration):
    dependencies = [
        ("dashboards", "0003_crosses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: list = [
        migrations.CreateModel(
            name="Target",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("metric", models.CharField(max_length=40, verbose_name="number")),
                ("value", models.FloatField(null=True, verbose_name="target")),
                ("from_day", models.DateField(verbose_name="from")),
                ("set_at", models.DateTimeField()),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["metric", "-from_day", "-set_at"],
                        name="target_in_force",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Uncovered",
            fields=[
                (
                    "response_id",
                    models.UUIDField(primary_key=True, serialize=False),
                ),
                ("day", models.DateField()),
                ("survey_id", models.BigIntegerField()),
                ("touchpoint_id", models.BigIntegerField()),
                ("team_id", models.BigIntegerField()),
                ("region", models.CharField(max_length=80)),
                ("product_line", models.CharField(max_length=80)),
                ("tier", models.CharField(max_length=40)),
                ("found_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="uncovered_cohort")],
            },
        ),
        _loop_row("answers", models.IntegerField(db_default=1)),
        _loop_row("is_resolved", models.BooleanField(db_default=False)),
        _loop_row("was_reopened", models.BooleanField(db_default=False)),
        _loop_row("closure", models.CharField(db_default="", max_length=12)),
        _loop_cell("covered"),
        _loop_cell("resolved"),
        _loop_cell("confirmed"),
        _loop_cell("unobjected"),
        _loop_cell("reopened"),
    ]
