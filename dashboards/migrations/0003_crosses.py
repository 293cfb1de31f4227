from django.db import migrations, models


class Migration(migrations.Migration):
    # Counts only: `manage.py rebuild_rollups` makes them anew from the answers.
    dependencies = [("dashboards", "0002_loop_cells")]

    operations = [
        migrations.DeleteModel(name="AnswerCell"),
        migrations.CreateModel(
            name="AnswerCell",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shape",
                        "day",
                        "value",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "shape",
                    models.SmallIntegerField(
                        choices=[
                            (0, "all"),
                            (1, "survey"),
                            (2, "touchpoint"),
                            (3, "region"),
                            (4, "product line"),
                            (5, "tier"),
                            (6, "channel"),
                            (7, "language"),
                        ]
                    ),
                ),
                ("day", models.DateField()),
                ("value", models.CharField(max_length=80)),
                ("responses", models.IntegerField()),
                ("nps_0", models.IntegerField()),
                ("nps_1", models.IntegerField()),
                ("nps_2", models.IntegerField()),
                ("nps_3", models.IntegerField()),
                ("nps_4", models.IntegerField()),
                ("nps_5", models.IntegerField()),
                ("nps_6", models.IntegerField()),
                ("nps_7", models.IntegerField()),
                ("nps_8", models.IntegerField()),
                ("nps_9", models.IntegerField()),
                ("nps_10", models.IntegerField()),
                ("csat_1", models.IntegerField()),
                ("csat_2", models.IntegerField()),
                ("csat_3", models.IntegerField()),
                ("csat_4", models.IntegerField()),
                ("csat_5", models.IntegerField()),
                ("ces_1", models.IntegerField()),
                ("ces_2", models.IntegerField()),
                ("ces_3", models.IntegerField()),
                ("ces_4", models.IntegerField()),
                ("ces_5", models.IntegerField()),
                ("ces_6", models.IntegerField()),
                ("ces_7", models.IntegerField()),
                ("ces5_1", models.IntegerField()),
                ("ces5_2", models.IntegerField()),
                ("ces5_3", models.IntegerField()),
                ("ces5_4", models.IntegerField()),
                ("ces5_5", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="AnswerDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("is_stale", models.BooleanField()),
                ("answers", models.IntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_stale", True)),
                        fields=["day"],
                        name="answer_day_stale",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AnswerColumn",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "day",
                        "name",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                ("name", models.CharField(max_length=20)),
                ("packed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="AnswerCross",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dimensions",
                        "month",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dimensions", models.CharField(max_length=60)),
                ("month", models.DateField()),
                ("packed", models.BinaryField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AnswerValue",
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
                ("text", models.CharField(max_length=80, unique=True)),
            ],
        ),
        migrations.AlterField(
            model_name="loopcell",
            name="shape",
            field=models.SmallIntegerField(
                choices=[
                    (0, "all"),
                    (1, "survey"),
                    (2, "touchpoint"),
                    (3, "region"),
                    (4, "product line"),
                    (5, "tier"),
                ]
            ),
        ),
    ]
