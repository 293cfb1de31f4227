import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboards", "0004_targets"),
        ("journeys", "0001_first"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Annotation",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("release", "release"),
                            ("incident", "incident"),
                            ("campaign", "campaign"),
                            ("other", "other"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "title",
                    models.CharField(max_length=120, verbose_name="what happened"),
                ),
                ("happened_on", models.DateField(verbose_name="first day")),
                (
                    "ended_on",
                    models.DateField(blank=True, null=True, verbose_name="last day"),
                ),
                (
                    "note",
                    models.TextField(blank=True, max_length=2000, verbose_name="note"),
                ),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "touchpoint",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="annotations",
                        to="journeys.touchpoint",
                        verbose_name="touchpoint",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-happened_on"], name="annotation_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None),
                            ("ended_on__gte", models.F("happened_on")),
                            _connector="OR",
                        ),
                        name="annotation_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Permalink",
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
                (
                    "token",
                    models.CharField(editable=False, max_length=43, unique=True),
                ),
                ("page", models.CharField(max_length=40)),
                ("query", models.TextField(blank=True)),
                ("title", models.CharField(max_length=200)),
                ("language", models.CharField(max_length=10)),
                ("versions", models.JSONField()),
                ("numbers", models.JSONField()),
                ("answers", models.IntegerField()),
                ("as_of", models.DateTimeField(null=True)),
                ("scope", models.JSONField(default=list)),
                ("kept_at", models.DateTimeField()),
                (
                    "kept_by",
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
                        fields=["kept_by", "-kept_at"], name="permalink_of_keeper"
                    )
                ],
            },
        ),
    ]
