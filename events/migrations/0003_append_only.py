from django.db import migrations

# What only a session that says so may do: `SET LOCAL cem.rewrites_events = 'on'`, for
# retention and erasure. `dispatched_at` alone is free: it is the queue's mark.
GUARD = """
CREATE FUNCTION events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('cem.rewrites_events', true) = 'on' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'Events are append-only.' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER events_append_only
BEFORE DELETE OR UPDATE OF id, name, subject_type, subject_id, actor, occurred_at,
    recorded_at, payload
ON events_event FOR EACH ROW EXECUTE FUNCTION events_are_append_only();
"""
UNGUARD = """
DROP TRIGGER events_append_only ON events_event;
DROP FUNCTION events_are_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [("events", "0002_idempotency_and_recording")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
