"""Relations and invalidations stay within one case, and a cell of a matrix with one sighting."""

from django.db import migrations

KEYS = (
    ("sightingrelation", "relation_sighting_of_same_case", "sighting_id, investigation_id", "sightings_sighting (id, investigation_id)"),
    ("sightingrelation", "relation_other_of_same_case", "other_id, investigation_id", "sightings_sighting (id, investigation_id)"),
    ("invalidation", "invalidation_of_same_case", "publication_id, investigation_id", "sources_publication (id, investigation_id)"),
    ("hypothesisfit", "fit_hypothesis_of_same_sighting", "hypothesis_id, sighting_id", "sightings_hypothesis (id, sighting_id)"),
    ("hypothesisfit", "fit_evidence_of_same_sighting", "evidence_id, sighting_id", "sightings_evidence (id, sighting_id)"),
)  # fmt: skip
ADD = "".join(
    f"""
ALTER TABLE sightings_{table} ADD CONSTRAINT {name}
    FOREIGN KEY ({columns}) REFERENCES {there} DEFERRABLE INITIALLY DEFERRED;
"""
    for table, name, columns, there in KEYS
)
DROP = "".join(f"ALTER TABLE sightings_{table} DROP CONSTRAINT {name};\n" for table, name, *_ in KEYS)


class Migration(migrations.Migration):
    dependencies = [("sightings", "0003_corroboration"), ("sources", "0012_suggestions_of_one_case")]

    operations = [migrations.RunSQL(ADD, DROP)]
