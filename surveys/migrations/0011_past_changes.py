from django.db import migrations, models

# Two days of these: the company's day may be one ahead of UTC's or behind it.
OF_THE_PAST = "{row}.day < (clock_timestamp() AT TIME ZONE 'UTC')::date - 2"
COUNTED_BY = ("survey_id", "version_id", "is_test", "state", "day")
MOVED = "({old}) IS DISTINCT FROM ({new})".format(
    old=", ".join(f"OLD.{name}" for name in COUNTED_BY),
    new=", ".join(f"NEW.{name}" for name in COUNTED_BY),
)
NOTE = """
CREATE FUNCTION cem_past_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    surveys bigint[];
BEGIN
    IF TG_OP = 'TRUNCATE' THEN surveys := ARRAY[0];
    ELSIF TG_OP = 'INSERT' THEN surveys := ARRAY[NEW.survey_id];
    ELSIF TG_OP = 'DELETE' THEN surveys := ARRAY[OLD.survey_id];
    ELSE surveys := ARRAY[OLD.survey_id, NEW.survey_id];
    END IF;
    INSERT INTO surveys_pastchange (survey_id, transaction, stated_at)
    SELECT survey, pg_current_xact_id()::text::bigint, statement_timestamp()
    FROM unnest(surveys) survey
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$"""
TRIGGERS = f"""
CREATE TRIGGER cem_past_added AFTER INSERT ON surveys_response
    FOR EACH ROW WHEN ({OF_THE_PAST.format(row="NEW")})
    EXECUTE FUNCTION cem_past_changed();
CREATE TRIGGER cem_past_removed AFTER DELETE ON surveys_response
    FOR EACH ROW WHEN ({OF_THE_PAST.format(row="OLD")})
    EXECUTE FUNCTION cem_past_changed();
CREATE TRIGGER cem_past_moved AFTER UPDATE OF {", ".join(COUNTED_BY)}
    ON surveys_response FOR EACH ROW WHEN ({MOVED})
    EXECUTE FUNCTION cem_past_changed();
CREATE TRIGGER cem_past_emptied AFTER TRUNCATE ON surveys_response
    FOR EACH STATEMENT EXECUTE FUNCTION cem_past_changed()"""
AWAY = """
DROP TRIGGER cem_past_added ON surveys_response;
DROP TRIGGER cem_past_removed ON surveys_response;
DROP TRIGGER cem_past_moved ON surveys_response;
DROP TRIGGER cem_past_emptied ON surveys_response;
DROP FUNCTION cem_past_changed()"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0010_counted_by_day")]

    operations = [
        migrations.CreateModel(
            name="PastChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("survey_id", models.BigIntegerField()),
                ("transaction", models.BigIntegerField()),
                ("stated_at", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="pastchange",
            constraint=models.UniqueConstraint(
                fields=("survey_id", "transaction", "stated_at"),
                name="one_past_change_per_statement",
            ),
        ),
        migrations.RunSQL(NOTE, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, AWAY),
    ]
