"""The list shows customers without a name last: its index has to sort like that."""

from django.db import migrations, models
from django.db.models import Value
from django.db.models.functions import NullIf


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_import_progress")]

    operations = [
        migrations.RemoveIndex("customer", "customer_by_name"),
        migrations.AddIndex(
            "customer",
            models.Index(NullIf("name", Value("")), "id", name="customer_by_name"),
        ),
    ]
