from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dashboards", "0004_targets")]
    operations: list = []
