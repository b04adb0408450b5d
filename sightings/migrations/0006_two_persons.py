"""Nobody verifies their own work, reviews are not rewritten, and what is verified stays as it was verified."""

from django.db import migrations

#: Those that are there have waited since they were logged.
WAITING = "UPDATE sightings_sighting SET waiting_since = created_at"

ADD = """
-- Whoever attaches evidence holds the sighting from then on, and not from the commit when foreign keys are looked at.
CREATE FUNCTION sightings_evidence_holds_sighting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM sightings_sighting WHERE id = NEW.sighting_id FOR KEY SHARE;
    RETURN NEW;
END $$;
CREATE TRIGGER evidence_holds_sighting BEFORE INSERT ON sightings_evidence
    FOR EACH ROW EXECUTE FUNCTION sightings_evidence_holds_sighting();

CREATE FUNCTION sightings_review_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    counted uuid[];
BEGIN
    -- Waits for whoever attaches evidence at this moment; only then is it known whose it is.
    PERFORM 1 FROM sightings_sighting WHERE id = NEW.sighting_id FOR UPDATE;
    -- What was merged into it counts for it, and so do those who logged that and attached evidence to it.
    counted := ARRAY (
        SELECT NEW.sighting_id UNION SELECT sighting_id FROM sightings_sightingrelation
        WHERE other_id = NEW.sighting_id AND kind = 'same as' AND undone_at IS NULL
    );
    IF EXISTS (SELECT FROM sightings_sighting WHERE id = ANY (counted) AND logged_by_id = NEW.reviewer_id)
        OR EXISTS (
            SELECT FROM sightings_evidence WHERE sighting_id = ANY (counted)
                AND attached_by_id = NEW.reviewer_id AND withdrawn_at IS NULL AND stance <> 'neutral'
        )
    THEN
        RAISE EXCEPTION 'nobody verifies a sighting that they logged or attached evidence to'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'review_by_another_person',
                TABLE = 'sightings_review';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_by_another_person BEFORE INSERT ON sightings_review
    FOR EACH ROW WHEN (NEW.decision = 'verified') EXECUTE FUNCTION sightings_review_by_another();

CREATE FUNCTION sightings_review_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL
        AND (NEW.id, NEW.sighting_id, NEW.reviewer_id, NEW.decision, NEW.reason, NEW.assessment_id, NEW.created_at)
            IS NOT DISTINCT FROM
            (OLD.id, OLD.sighting_id, OLD.reviewer_id, OLD.decision, OLD.reason, OLD.assessment_id, OLD.created_at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a review is superseded, never edited' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'review_never_edited', TABLE = 'sightings_review';
END $$;
CREATE TRIGGER review_never_edited BEFORE UPDATE OR DELETE ON sightings_review
    FOR EACH ROW EXECUTE FUNCTION sightings_review_stays();

CREATE FUNCTION sightings_check_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an answer of a review is never edited' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'check_never_edited', TABLE = 'sightings_reviewcheck';
END $$;
CREATE TRIGGER check_never_edited BEFORE UPDATE OR DELETE ON sightings_reviewcheck
    FOR EACH ROW EXECUTE FUNCTION sightings_check_stays();

CREATE FUNCTION sightings_is_verified_by(sighting uuid) RETURNS boolean LANGUAGE sql AS $$
    SELECT EXISTS (
        SELECT FROM sightings_review
        WHERE sighting_id = sighting AND decision = 'verified' AND superseded_at IS NULL
    )
$$;

CREATE FUNCTION sightings_verified_by_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT sightings_is_verified_by(NEW.id) THEN
        RAISE EXCEPTION 'a sighting is verified by a review' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'sighting_verified_by_review', TABLE = 'sightings_sighting';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sighting_verified_by_review BEFORE INSERT OR UPDATE OF status ON sightings_sighting
    FOR EACH ROW WHEN (NEW.status = 'verified') EXECUTE FUNCTION sightings_verified_by_review();

-- Somebody's word that it is so is about the claim as it was, also while somebody else disputes it.
CREATE FUNCTION sightings_verified_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change CONSTANT text[] := ARRAY ['probability', 'uncertainty', 'word', 'analytic_confidence', 'status',
        'flagged_at', 'waiting_since', 'updated_at'];
BEGIN
    IF (to_jsonb(NEW) - may_change) IS DISTINCT FROM (to_jsonb(OLD) - may_change)
        AND (OLD.status = 'verified' OR sightings_is_verified_by(OLD.id))
        OR OLD.status = 'verified' AND NEW.status <> 'verified' AND NOT EXISTS (
            SELECT FROM sightings_review
            WHERE sighting_id = OLD.id AND decision <> 'verified' AND superseded_at IS NULL
        )
    THEN
        RAISE EXCEPTION 'a verified sighting stays as it was verified' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'sighting_locked', TABLE = 'sightings_sighting';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sighting_locked BEFORE UPDATE ON sightings_sighting
    FOR EACH ROW WHEN (OLD.status IN ('verified', 'disputed')) EXECUTE FUNCTION sightings_verified_stays();

CREATE FUNCTION sightings_evidence_of_verified_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- No more than a share of the key: recomputing goes on beside it.
    PERFORM 1 FROM sightings_sighting WHERE id = OLD.sighting_id FOR KEY SHARE;
    IF sightings_is_verified_by(OLD.sighting_id) THEN
        RAISE EXCEPTION 'the evidence of a verified sighting stays as it was' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'sighting_locked', TABLE = 'sightings_evidence';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER evidence_locked BEFORE UPDATE OR DELETE ON sightings_evidence
    FOR EACH ROW EXECUTE FUNCTION sightings_evidence_of_verified_stays();
"""
DROP = """
DROP TRIGGER evidence_locked ON sightings_evidence;
DROP FUNCTION sightings_evidence_of_verified_stays();
DROP TRIGGER sighting_locked ON sightings_sighting;
DROP FUNCTION sightings_verified_stays();
DROP TRIGGER sighting_verified_by_review ON sightings_sighting;
DROP FUNCTION sightings_verified_by_review();
DROP FUNCTION sightings_is_verified_by(uuid);
DROP TRIGGER check_never_edited ON sightings_reviewcheck;
DROP FUNCTION sightings_check_stays();
DROP TRIGGER review_never_edited ON sightings_review;
DROP FUNCTION sightings_review_stays();
DROP TRIGGER review_by_another_person ON sightings_review;
DROP FUNCTION sightings_review_by_another();
DROP TRIGGER evidence_holds_sighting ON sightings_evidence;
DROP FUNCTION sightings_evidence_holds_sighting();
"""


class Migration(migrations.Migration):
    dependencies = [("sightings", "0005_due_for_recomputation")]

    operations = [
        migrations.RunSQL(WAITING, migrations.RunSQL.noop),
        migrations.RunSQL(ADD, DROP),
    ]
