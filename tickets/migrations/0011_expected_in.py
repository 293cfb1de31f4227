"""In which score an initiative's expected points are meant; NPS until now."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0010_words_and_facts")]

    operations = [
        migrations.AddField(
            model_name="initiative",
            name="expected_in",
            field=models.CharField(
                choices=[
                    ("nps", "NPS"),
                    ("csat", "CSAT"),
                    ("ces", "CES (scale 1–7)"),
                    ("ces5", "CES (scale 1–5)"),
                ],
                default="nps",
                max_length=4,
                verbose_name="score that should change",
            ),
        ),
        migrations.AlterField(
            model_name="initiative",
            name="expected_points",
            field=models.DecimalField(
                blank=True,
                decimal_places=1,
                max_digits=5,
                null=True,
                verbose_name="expected change in points",
            ),
        ),
    ]
