"""`icontains` compares UPPER(...): the trigram indexes must hold the same."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_first")]

    operations = [
        migrations.RemoveIndex("customer", "customer_words"),
        migrations.AddIndex(
            "customer",
            GinIndex(
                OpClass(Upper("name"), name="gin_trgm_ops"),
                OpClass(Upper("email"), name="gin_trgm_ops"),
                OpClass(Upper("phone"), name="gin_trgm_ops"),
                OpClass(Upper("external_id"), name="gin_trgm_ops"),
                name="customer_search",
            ),
        ),
        migrations.AddIndex(
            "customer",
            models.Index(fields=["name", "id"], name="customer_by_name"),
        ),
        migrations.AddIndex(
            "customer",
            models.Index(fields=["-created_at", "-id"], name="customer_newest"),
        ),
        migrations.AddIndex(
            "account",
            GinIndex(
                OpClass(Upper("name"), name="gin_trgm_ops"),
                OpClass(Upper("external_id"), name="gin_trgm_ops"),
                name="account_search",
            ),
        ),
    ]
