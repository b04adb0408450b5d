"""Evidence links a sighting and a publication of one investigation, and undercuts evidence on the same sighting."""

from django.db import migrations

ADD = """
ALTER TABLE sightings_evidence ADD CONSTRAINT evidence_sighting_of_same_case
    FOREIGN KEY (sighting_id, investigation_id) REFERENCES sightings_sighting (id, investigation_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE sightings_evidence ADD CONSTRAINT evidence_publication_of_same_case
    FOREIGN KEY (publication_id, investigation_id) REFERENCES sources_publication (id, investigation_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE sightings_evidence ADD CONSTRAINT evidence_undercuts_same_sighting
    FOREIGN KEY (undercuts_id, sighting_id) REFERENCES sightings_evidence (id, sighting_id)
    DEFERRABLE INITIALLY DEFERRED;
"""
DROP = """
ALTER TABLE sightings_evidence DROP CONSTRAINT evidence_undercuts_same_sighting;
ALTER TABLE sightings_evidence DROP CONSTRAINT evidence_publication_of_same_case;
ALTER TABLE sightings_evidence DROP CONSTRAINT evidence_sighting_of_same_case;
"""


class Migration(migrations.Migration):
    dependencies = [("sightings", "0001_tables"), ("sources", "0002_one_case")]

    operations = [migrations.RunSQL(ADD, DROP)]
