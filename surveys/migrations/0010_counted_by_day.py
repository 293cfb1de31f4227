from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0009_taxonomy")]

    operations = [
        migrations.AddIndex(
            model_name="response",
            index=models.Index(
                condition=models.Q(("is_test", False), ("state", "complete")),
                fields=["day"],
                name="response_counted",
            ),
        ),
    ]
