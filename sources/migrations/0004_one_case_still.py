"""Uploads, watches and what is handed on belong to the case of their publication; captures to that of their batch."""

from django.db import migrations

TABLES = ("upload", "linkwatch", "handon")
ADD = "".join(
    f"""
ALTER TABLE sources_{table} ADD CONSTRAINT {table}_of_same_case
    FOREIGN KEY (publication_id, investigation_id) REFERENCES sources_publication (id, investigation_id)
    DEFERRABLE INITIALLY DEFERRED;
"""
    for table in TABLES
)
DROP = "".join(f"ALTER TABLE sources_{table} DROP CONSTRAINT {table}_of_same_case;\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("sources", "0003_preservation")]

    operations = [migrations.RunSQL(ADD, DROP)]
