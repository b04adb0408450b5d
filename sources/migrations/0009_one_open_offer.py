"""A publication waits only once to be handed on to an archive."""

from django.db import migrations, models

# Of several that wait the oldest goes on; a job may run for it already.
END_THE_OTHERS = """
UPDATE sources_handon AS other SET answered_at = now(), detail = 'Waits already, asked for earlier.'
WHERE other.answered_at IS NULL AND EXISTS (
    SELECT FROM sources_handon AS first
    WHERE first.publication_id = other.publication_id AND first.archive = other.archive
      AND first.answered_at IS NULL AND first.id < other.id
)
"""


class Migration(migrations.Migration):
    dependencies = [("sources", "0008_lists_by_state")]

    operations = [
        migrations.RunSQL(END_THE_OTHERS, migrations.RunSQL.noop, elidable=True),
        migrations.AddConstraint(
            model_name="handon",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at__isnull", True)),
                fields=("publication", "archive"),
                name="hand_on_open_once",
            ),
        ),
    ]
