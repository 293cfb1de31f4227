from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dashboards", "0009_reports")]
    operations: list = []
