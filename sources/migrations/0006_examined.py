"""Thumbnails belong to what was read out of a medium; what was captured before is examined anew."""

from collections.abc import Iterator
from itertools import islice

import pgvector.django.bit
import pgvector.django.indexes
from django.db import migrations, models

BATCH = 1000


def ask_for_examinations(apps, schema_editor) -> None:
    """Queue an examination for every capture that kept something and has none."""
    examination = apps.get_model("sources", "Examination")
    captures = apps.get_model("sources", "Capture").objects.filter(examination=None, kept__isnull=False)
    found = (
        examination(capture_id=pk) for pk in captures.order_by("pk").values_list("pk", flat=True).distinct()
    )
    for batch in _batches(found):
        examination.objects.bulk_create(batch)


def _batches(rows: Iterator) -> Iterator[list]:
    while batch := list(islice(rows, BATCH)):
        yield batch


class Migration(migrations.Migration):
    dependencies = [("sources", "0005_uploads_and_watching")]

    operations = [
        migrations.RemoveField(model_name="capturefile", name="thumbnail"),
        migrations.RunSQL("DELETE FROM sources_picturehash", migrations.RunSQL.noop, elidable=True),
        migrations.RemoveIndex(model_name="picturehash", name="picture_hash_near"),
        migrations.AddField(
            model_name="picturehash",
            name="sketch",
            field=pgvector.django.bit.BitField(length=256),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="picturehash",
            name="views",
            field=models.BinaryField(
                default=bytes,
                help_text="Bits and sketch of the picture a little cropped and extended, 32 bytes each.",
            ),
        ),
        migrations.AddIndex(
            model_name="picturehash",
            index=pgvector.django.indexes.HnswIndex(
                fields=["sketch"], name="picture_sketch_near", opclasses=["bit_hamming_ops"]
            ),
        ),
        migrations.RunPython(ask_for_examinations, migrations.RunPython.noop, elidable=True),
    ]
