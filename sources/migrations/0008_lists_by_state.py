"""Counting a case's captures by state, and finding the offers that are due, read no more rows than they tell of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sources", "0007_not_compared")]

    operations = [
        migrations.AddIndex(
            model_name="capture",
            index=models.Index(fields=["investigation", "state", "-id"], name="capture_list_by_state"),
        ),
        migrations.AddIndex(
            model_name="handon",
            index=models.Index(
                condition=models.Q(("answered_at__isnull", True)), fields=["asked_at"], name="hand_on_due"
            ),
        ),
    ]
