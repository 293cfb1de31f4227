from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dashboards", "0007_scenarios")]
    operations: list = []
