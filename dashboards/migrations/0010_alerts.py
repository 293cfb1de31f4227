import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboards", "0009_reports"),
        ("teams", "0002_presence_and_notices"),
        ("tickets", "0006_initiatives"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertRule",
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
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("threshold", "A score passes a limit"),
                            ("change", "A score has clearly changed"),
                            ("run", "Many bad answers in a row"),
                            ("silence", "No answers where there usually are some"),
                            ("forecast", "A target will be missed"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("metric", models.CharField(max_length=10, verbose_name="score")),
                (
                    "direction",
                    models.CharField(
                        choices=[("below", "falls below"), ("above", "rises above")],
                        default="below",
                        max_length=5,
                        verbose_name="direction",
                    ),
                ),
                ("level", models.FloatField(verbose_name="limit")),
                ("clear_level", models.FloatField(verbose_name="closes again at")),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        verbose_name="days measured together"
                    ),
                ),
                (
                    "least",
                    models.PositiveSmallIntegerField(verbose_name="answers needed"),
                ),
                (
                    "until",
                    models.DateField(blank=True, null=True, verbose_name="by when"),
                ),
                ("query", models.TextField(blank=True)),
                (
                    "by",
                    models.CharField(
                        blank=True, max_length=20, verbose_name="apart for each"
                    ),
                ),
                (
                    "quiet_from",
                    models.TimeField(blank=True, null=True, verbose_name="quiet from"),
                ),
                (
                    "quiet_until",
                    models.TimeField(blank=True, null=True, verbose_name="quiet until"),
                ),
                (
                    "cooldown_hours",
                    models.PositiveSmallIntegerField(
                        default=24, verbose_name="pause in hours"
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="on")),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("looked_at", models.DateTimeField(null=True)),
                ("looked_on", models.DateField(null=True)),
                ("looked_to", models.DateTimeField(null=True)),
                ("looked_answers", models.BigIntegerField(null=True)),
                ("failure", models.CharField(blank=True, max_length=300)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alert_rules",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "people",
                    models.ManyToManyField(
                        blank=True,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="people",
                    ),
                ),
                (
                    "teams",
                    models.ManyToManyField(
                        blank=True,
                        related_name="+",
                        to="teams.team",
                        verbose_name="teams",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Alert",
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
                ("segment", models.CharField(blank=True, max_length=200)),
                ("region", models.CharField(max_length=80, null=True)),
                ("product_line", models.CharField(max_length=80, null=True)),
                ("tier", models.CharField(max_length=40, null=True)),
                ("team", models.BigIntegerField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("first_finding", models.JSONField()),
                ("last_finding", models.JSONField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("snoozed_until", models.DateTimeField(null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "initiative",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="alerts",
                        to="tickets.initiative",
                    ),
                ),
                (
                    "snoozed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="dashboards.alertrule",
                    ),
                ),
            ],
            options={
                "ordering": ["-opened_at", "-pk"],
                "indexes": [models.Index(fields=["-opened_at"], name="alert_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("rule", "segment"),
                        name="one_open_alert",
                    )
                ],
            },
        ),
    ]
