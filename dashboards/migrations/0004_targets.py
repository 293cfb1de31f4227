from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dashboards", "0003_crosses")]
    operations: list = []
