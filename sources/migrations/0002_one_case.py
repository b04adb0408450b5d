"""Rows of one investigation refer only to rows of the same: kept by the database, not by good intentions."""

from django.db import migrations

ADD = """
ALTER TABLE sources_capture ADD CONSTRAINT capture_of_same_case
    FOREIGN KEY (publication_id, investigation_id) REFERENCES sources_publication (id, investigation_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE sources_derivation ADD CONSTRAINT derivation_of_same_case
    FOREIGN KEY (publication_id, investigation_id) REFERENCES sources_publication (id, investigation_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE sources_derivation ADD CONSTRAINT derivation_from_same_case
    FOREIGN KEY (derives_from_id, investigation_id) REFERENCES sources_publication (id, investigation_id)
    DEFERRABLE INITIALLY DEFERRED;
"""
DROP = """
ALTER TABLE sources_derivation DROP CONSTRAINT derivation_from_same_case;
ALTER TABLE sources_derivation DROP CONSTRAINT derivation_of_same_case;
ALTER TABLE sources_capture DROP CONSTRAINT capture_of_same_case;
"""


class Migration(migrations.Migration):
    dependencies = [("sources", "0001_tables")]

    operations = [migrations.RunSQL(ADD, DROP)]
