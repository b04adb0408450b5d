"""Looks at originals and handing on meet refused addresses too, and there is no capture then."""

import django.db.models.deletion
from django.db import migrations, models

TAKE_OVER = """
UPDATE sources_refusedaddress AS refused SET publication_id = capture.publication_id
FROM sources_capture AS capture WHERE capture.id = refused.capture_id
"""
FORGET = "DELETE FROM sources_refusedaddress WHERE capture_id IS NULL"
# PostgreSQL alters no table while keys of rows that were just written wait to be checked.
CHECK_KEYS = "SET CONSTRAINTS ALL IMMEDIATE"


class Migration(migrations.Migration):
    dependencies = [("sources", "0009_one_open_offer")]

    operations = [
        migrations.AddField(
            model_name="refusedaddress",
            name="publication",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sources.publication",
            ),
        ),
        migrations.RunSQL([TAKE_OVER, CHECK_KEYS], migrations.RunSQL.noop, elidable=True),
        migrations.AlterField(
            model_name="refusedaddress",
            name="publication",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sources.publication"
            ),
        ),
        migrations.AlterField(
            model_name="refusedaddress",
            name="capture",
            field=models.ForeignKey(
                blank=True,
                help_text="None where the original was looked at, or handed on.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refused_addresses",
                to="sources.capture",
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, FORGET, elidable=True),
    ]
