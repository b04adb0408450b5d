"""The record of changes refuses to be rewritten."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION osint_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: the record of changes is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER change_rows_stay BEFORE UPDATE OR DELETE ON osint_change
    FOR EACH ROW EXECUTE FUNCTION osint_refuse_rewriting();
CREATE TRIGGER change_table_stays BEFORE TRUNCATE ON osint_change
    FOR EACH STATEMENT EXECUTE FUNCTION osint_refuse_rewriting();
"""
ALLOW = """
DROP TRIGGER change_table_stays ON osint_change;
DROP TRIGGER change_rows_stay ON osint_change;
DROP FUNCTION osint_refuse_rewriting();
"""


class Migration(migrations.Migration):
    dependencies = [("osint", "0001_tables")]

    operations = [
        migrations.RunSQL(REFUSE, ALLOW),
    ]
