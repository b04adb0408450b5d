"""A look may find an original that there is nothing to compare with; before, that was told as unchanged."""

from django.db import migrations, models

FORGET = (
    "UPDATE sources_linkcheck SET outcome = 'unchanged' WHERE outcome = 'uncompared';"
    "UPDATE sources_linkwatch SET outcome = 'unchanged' WHERE outcome = 'uncompared'"
)
CHOICES = [
    ("unchanged", "Unchanged"),
    ("changed", "Changed"),
    ("moved", "Moved"),
    ("gone", "Gone"),
    ("unreachable", "No answer"),
    ("uncompared", "Not compared"),
]
KNOWN = [outcome for outcome, _ in CHOICES]


class Migration(migrations.Migration):
    dependencies = [("sources", "0006_examined")]

    operations = [
        migrations.RemoveConstraint(model_name="linkcheck", name="link_outcome_known"),
        migrations.RemoveConstraint(model_name="linkwatch", name="link_watch_outcome_known"),
        migrations.RunSQL(migrations.RunSQL.noop, FORGET),
        migrations.AlterField(
            model_name="linkcheck", name="outcome", field=models.CharField(choices=CHOICES, max_length=12)
        ),
        migrations.AlterField(
            model_name="linkwatch",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=CHOICES,
                help_text="Of the last look that got an answer.",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="linkcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", KNOWN)), name="link_outcome_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="linkwatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", [*KNOWN, ""])), name="link_watch_outcome_known"
            ),
        ),
    ]
