"""Whatever an assessment rests on marks its sighting as due when it changes, in the same transaction.

By triggers, so that no way of writing is forgotten: services, imports in bulk, and people at the database's prompt.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION sightings_due(ids uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO sightings_recomputation (sighting_id, since, changes)
    SELECT counted, clock_timestamp(), 1 FROM (
        SELECT unnest(ids) AS counted
        UNION
        SELECT other_id FROM sightings_sightingrelation
        WHERE sighting_id = ANY (ids) AND kind = 'same as' AND undone_at IS NULL
    ) AS these
    WHERE counted IS NOT NULL
    ORDER BY counted  -- in one order everywhere, so that two transactions cannot wait for one another
    ON CONFLICT (sighting_id) DO UPDATE SET changes = sightings_recomputation.changes + 1
$$;

-- The sightings that rest on one of these publications, or on one that derives from it.
CREATE FUNCTION sightings_due_by_publications(ids uuid[]) RETURNS void LANGUAGE sql AS $$
    WITH RECURSIVE relays (id) AS (
        SELECT unnest(ids)
        UNION
        SELECT derivation.publication_id FROM sources_derivation AS derivation
        JOIN relays ON derivation.derives_from_id = relays.id
        WHERE derivation.kind <> 'same event'
    )
    SELECT sightings_due(ARRAY (
        SELECT DISTINCT sighting_id FROM sightings_evidence WHERE publication_id IN (SELECT id FROM relays)
    ))
$$;

CREATE FUNCTION sightings_due_by_sources(ids uuid[]) RETURNS void LANGUAGE sql AS $$
    SELECT sightings_due_by_publications(ARRAY (SELECT id FROM sources_publication WHERE source_id = ANY (ids)))
$$;
"""

#: Trigger, table, event, and the call; `new_rows` and `old_rows` are what the statement wrote and replaced.
CALLS = (
    ("due_logged", "sightings_sighting", "INSERT", "sightings_due(ARRAY (SELECT id FROM new_rows))"),
    (
        "due_ageing", "sightings_sighting", "UPDATE",
        "sightings_due(ARRAY (SELECT id FROM new_rows JOIN old_rows USING (id)"
        " WHERE new_rows.half_life_days IS DISTINCT FROM old_rows.half_life_days))",
    ),
    ("due_attached", "sightings_evidence", "INSERT", "sightings_due(ARRAY (SELECT DISTINCT sighting_id FROM new_rows))"),
    (
        "due_corrected", "sightings_evidence", "UPDATE",
        "sightings_due(ARRAY (SELECT DISTINCT new_rows.sighting_id FROM new_rows JOIN old_rows USING (id)"
        " WHERE (new_rows.stance, new_rows.credibility, new_rows.undercuts_id, new_rows.withdrawn_at)"
        " IS DISTINCT FROM (old_rows.stance, old_rows.credibility, old_rows.undercuts_id, old_rows.withdrawn_at)))",
    ),
    ("due_derived", "sources_derivation", "INSERT", "sightings_due_by_publications(ARRAY (SELECT DISTINCT publication_id FROM new_rows))"),
    ("due_derived_otherwise", "sources_derivation", "UPDATE", "sightings_due_by_publications(ARRAY (SELECT publication_id FROM new_rows UNION SELECT publication_id FROM old_rows))"),
    ("due_derived_no_more", "sources_derivation", "DELETE", "sightings_due_by_publications(ARRAY (SELECT DISTINCT publication_id FROM old_rows))"),
    ("due_rated", "sources_sourcerating", "INSERT", "sightings_due_by_sources(ARRAY (SELECT DISTINCT source_id FROM new_rows))"),
    ("due_owned", "sources_ownership", "INSERT", "sightings_due_by_sources(ARRAY (SELECT DISTINCT source_id FROM new_rows))"),
    (
        "due_published", "sources_publication", "UPDATE",
        "sightings_due_by_publications(ARRAY (SELECT id FROM new_rows JOIN old_rows USING (id)"
        " WHERE (new_rows.source_id, new_rows.published_latest)"
        " IS DISTINCT FROM (old_rows.source_id, old_rows.published_latest)))",
    ),
    ("due_invalidated", "sightings_invalidation", "INSERT", "sightings_due_by_publications(ARRAY (SELECT DISTINCT publication_id FROM new_rows))"),
    ("due_valid_again", "sightings_invalidation", "UPDATE", "sightings_due_by_publications(ARRAY (SELECT DISTINCT publication_id FROM new_rows))"),
    ("due_related", "sightings_sightingrelation", "INSERT", "sightings_due(ARRAY (SELECT other_id FROM new_rows WHERE kind = 'same as'))"),
    ("due_parted", "sightings_sightingrelation", "UPDATE", "sightings_due(ARRAY (SELECT other_id FROM new_rows WHERE kind = 'same as'))"),
)  # fmt: skip

ROWS = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "NEW TABLE AS new_rows OLD TABLE AS old_rows",
    "DELETE": "OLD TABLE AS old_rows",
}

ADD = FUNCTIONS + "".join(
    f"""
CREATE FUNCTION sightings_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM {call};
    RETURN NULL;
END $$;
CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {ROWS[event]}
    FOR EACH STATEMENT EXECUTE FUNCTION sightings_{name}();
"""
    for name, table, event, call in CALLS
)
DROP = (
    "".join(
        f"DROP TRIGGER {name} ON {table};\nDROP FUNCTION sightings_{name}();\n" for name, table, *_ in CALLS
    )
    + """
DROP FUNCTION sightings_due_by_sources(uuid[]);
DROP FUNCTION sightings_due_by_publications(uuid[]);
DROP FUNCTION sightings_due(uuid[]);
"""
)
FIRST = """
INSERT INTO sightings_recomputation (sighting_id, since, changes)
SELECT id, clock_timestamp(), 1 FROM sightings_sighting ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("sightings", "0004_one_case_still")]

    operations = [migrations.RunSQL(ADD, DROP), migrations.RunSQL(FIRST, migrations.RunSQL.noop)]
