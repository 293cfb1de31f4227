import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboards", "0007_scenarios"),
        ("teams", "0002_presence_and_notices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dashboard",
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
                    "description",
                    models.CharField(
                        blank=True, max_length=240, verbose_name="description"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("private", "Only me"),
                            ("team", "A team"),
                            ("company", "The company"),
                        ],
                        default="private",
                        max_length=10,
                        verbose_name="who sees it",
                    ),
                ),
                (
                    "rights",
                    models.CharField(
                        choices=[
                            ("view", "may look at it"),
                            ("edit", "may change it too"),
                        ],
                        default="view",
                        max_length=4,
                        verbose_name="they",
                    ),
                ),
                ("selection", models.CharField(blank=True, max_length=2000)),
                ("version", models.PositiveIntegerField(default=1)),
                ("place", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dashboards",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="dashboards",
                        to="teams.team",
                        verbose_name="team",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BoardTile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("number", "Number"),
                            ("trend", "Trend"),
                            ("bars", "Bars"),
                            ("distribution", "Distribution"),
                            ("heatmap", "Heat-map"),
                            ("table", "Table"),
                            ("quotes", "Quotes"),
                            ("journey", "Map of a journey"),
                            ("text", "Text"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "title",
                    models.CharField(blank=True, max_length=120, verbose_name="title"),
                ),
                ("settings", models.JSONField(default=dict)),
                ("x", models.PositiveSmallIntegerField(verbose_name="column")),
                ("y", models.PositiveSmallIntegerField(verbose_name="row")),
                ("width", models.PositiveSmallIntegerField(verbose_name="width")),
                ("height", models.PositiveSmallIntegerField(verbose_name="height")),
                (
                    "dashboard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tiles",
                        to="dashboards.dashboard",
                    ),
                ),
            ],
            options={
                "ordering": ["y", "x", "id"],
            },
        ),
        migrations.CreateModel(
            name="BoardState",
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
                ("place", models.PositiveIntegerField()),
                ("tiles", models.JSONField()),
                ("what", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dashboard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="states",
                        to="dashboards.dashboard",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="dashboard",
            index=models.Index(fields=["audience", "name"], name="board_audience"),
        ),
        migrations.AddConstraint(
            model_name="dashboard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("audience", "team"), ("team__isnull", True), _connector="OR"
                ),
                name="board_team_of_audience",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardtile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("height__gte", 1),
                    ("height__lte", 12),
                    ("width__gte", 1),
                    ("y__lte", 96),
                    (
                        "x__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.Value(12), "-", models.F("width")
                        ),
                    ),
                ),
                name="tile_on_the_grid",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardstate",
            constraint=models.UniqueConstraint(
                fields=("dashboard", "place"), name="one_state_per_place"
            ),
        ),
    ]
