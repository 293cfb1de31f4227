"""Crosses are packed in another way: the packer makes them anew from the days."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dashboards", "0010_alerts")]

    operations = [
        migrations.RunSQL("DELETE FROM dashboards_answercross", migrations.RunSQL.noop),
    ]
