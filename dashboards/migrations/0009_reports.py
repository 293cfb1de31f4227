from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dashboards", "0008_boards")]
    operations: list = []
