from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dashboards", "0006_drivers")]
    operations: list = []
