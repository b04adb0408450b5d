"""A suggestion is about two publications of its own case; and pages are found by what they link to."""

from django.db import migrations

ENDS = ("publication", "derives_from")
ADD = "".join(
    f"""
ALTER TABLE sources_derivationsuggestion ADD CONSTRAINT suggestion_{end}_of_same_case
    FOREIGN KEY ({end}_id, investigation_id) REFERENCES sources_publication (id, investigation_id)
    DEFERRABLE INITIALLY DEFERRED;
"""
    for end in ENDS
)
DROP = "".join(
    f"ALTER TABLE sources_derivationsuggestion DROP CONSTRAINT suggestion_{end}_of_same_case;\n"
    for end in ENDS
)

#: The query builder has no path into JSON that an index could serve.
INDEX = """
CREATE INDEX examination_links ON sources_examination USING gin ((findings #> '{page,links}') jsonb_path_ops);
"""


class Migration(migrations.Migration):
    dependencies = [("sources", "0011_owners_and_suggestions")]

    operations = [
        migrations.RunSQL(ADD, DROP),
        migrations.RunSQL(INDEX, "DROP INDEX examination_links;"),
    ]
