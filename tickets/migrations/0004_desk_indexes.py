"""What the desk finds, sorts and counts tickets with."""

import datetime

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

# ruff: noqa: S608  the statements are made of this module's constants

# Written in scripts without spaces: found by pairs of characters.
UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
# Between words: controls, ASCII signs, and the signs of other blocks.
BETWEEN = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u2bff"
    r"\u2e80-\u303f\ufe30-\ufe4f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
PARTS = f"([{UNSPACED}]+)|([^{UNSPACED}{BETWEEN}]+)"

WORDS = rf"""
CREATE FUNCTION cem_search_words(said text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(coalesce(array_agg(DISTINCT word), '{{}}'))
    FROM regexp_matches(lower(left(said, 8000)), '{PARTS}', 'g') AS found (part),
    LATERAL (
        SELECT left(part[2], 60) WHERE part[2] IS NOT NULL
        UNION ALL
        SELECT substr(part[1], at, 2) FROM generate_series(1, length(part[1])) at
    ) AS cut (word)
$$;

CREATE FUNCTION cem_search_query(asked text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(DISTINCT quote_literal(word) || ':*', ' & '), '')::tsquery
    FROM regexp_matches(lower(left(asked, 200)), '{PARTS}', 'g') AS found (part),
    LATERAL (
        SELECT left(part[2], 60) WHERE part[2] IS NOT NULL
        UNION ALL
        SELECT substr(part[1], at, 2)
        FROM generate_series(1, greatest(length(part[1]) - 1, 1)) at
        WHERE part[1] IS NOT NULL
    ) AS cut (word)
$$;

CREATE FUNCTION cem_words_of_tickets(numbers bigint[]) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO tickets_ticketwords (ticket_id, words, is_open)
    SELECT ticket.number, cem_search_words(concat_ws(' ', ticket.subject, customer.name,
            customer.external_id, account.name, opened.comment, further.comments)),
        ticket.status <> 'resolved'
    FROM tickets_ticket ticket
    JOIN surveys_response opened ON opened.id = ticket.response_id
    LEFT JOIN customers_customer customer ON customer.id = ticket.customer_id
    LEFT JOIN customers_account account ON account.id = customer.account_id
    LEFT JOIN LATERAL (
        SELECT string_agg(response.comment, ' ') AS comments
        FROM tickets_ticketanswer answer
        JOIN surveys_response response ON response.id = answer.response_id
        WHERE answer.ticket_id = ticket.number AND response.id <> ticket.response_id
    ) further ON true
    WHERE ticket.number = ANY(numbers)
    ORDER BY ticket.number
    ON CONFLICT (ticket_id) DO UPDATE
    SET words = excluded.words, is_open = excluded.is_open
$$;
"""
FORGET_WORDS = """
DROP FUNCTION cem_words_of_tickets(bigint[]);
DROP FUNCTION cem_search_query(text);
DROP FUNCTION cem_search_words(text);
"""

CELL = (
    "status, priority, team, assignee, touchpoint, region, product_line, tier,"
    " problem_type, closure, waits_for_owner"
)
OF_TICKET = (
    "status, priority, team_id, assignee_id, touchpoint_id, region, product_line, tier,"
    " problem_type, closure, waits_for_owner"
)
LEFT = ", ".join(f"OLD.{name}" for name in OF_TICKET.split(", "))
CAME = ", ".join(f"NEW.{name}" for name in OF_TICKET.split(", "))

TRIGGERS = f"""
CREATE FUNCTION cem_tickets_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tickets_deskcount ({CELL}, tickets)
    SELECT {OF_TICKET}, count(*) FROM came GROUP BY {OF_TICKET};
    PERFORM cem_words_of_tickets(ARRAY(SELECT number FROM came));
    RETURN NULL;
END $$;
CREATE TRIGGER cem_came AFTER INSERT ON tickets_ticket
    REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION cem_tickets_came();

CREATE FUNCTION cem_ticket_counted_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tickets_deskcount ({CELL}, tickets)
    VALUES ({LEFT}, -1), ({CAME}, 1);
    IF (OLD.status = 'resolved') <> (NEW.status = 'resolved') THEN
        UPDATE tickets_ticketwords SET is_open = NEW.status <> 'resolved'
        WHERE ticket_id = NEW.number;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cem_counted_anew AFTER UPDATE ON tickets_ticket
    FOR EACH ROW WHEN (({LEFT}) IS DISTINCT FROM ({CAME}))
    EXECUTE FUNCTION cem_ticket_counted_anew();

CREATE FUNCTION cem_ticket_named_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cem_words_of_tickets(ARRAY[NEW.number]);
    RETURN NULL;
END $$;
CREATE TRIGGER cem_named_anew AFTER UPDATE ON tickets_ticket
    FOR EACH ROW WHEN (
        (OLD.subject, OLD.customer_id, OLD.response_id)
        IS DISTINCT FROM (NEW.subject, NEW.customer_id, NEW.response_id))
    EXECUTE FUNCTION cem_ticket_named_anew();

CREATE FUNCTION cem_ticket_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tickets_deskcount ({CELL}, tickets) VALUES ({LEFT}, -1);
    DELETE FROM tickets_ticketwords WHERE ticket_id = OLD.number;
    RETURN NULL;
END $$;
CREATE TRIGGER cem_left AFTER DELETE ON tickets_ticket
    FOR EACH ROW EXECUTE FUNCTION cem_ticket_left();

-- The answer that opens a ticket came with the ticket; these are further ones.
CREATE FUNCTION cem_answers_came() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE further bigint[] := ARRAY(
    SELECT DISTINCT ticket.number FROM came JOIN tickets_ticket ticket
    ON ticket.number = came.ticket_id AND ticket.response_id <> came.response_id);
BEGIN
    IF further <> '{{}}' THEN PERFORM cem_words_of_tickets(further); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cem_came AFTER INSERT ON tickets_ticketanswer
    REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION cem_answers_came();

CREATE FUNCTION cem_answer_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cem_words_of_tickets(ARRAY[OLD.ticket_id, NEW.ticket_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER cem_moved AFTER UPDATE OF ticket_id ON tickets_ticketanswer
    FOR EACH ROW WHEN (OLD.ticket_id <> NEW.ticket_id)
    EXECUTE FUNCTION cem_answer_moved();

CREATE FUNCTION cem_comment_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched bigint[] := ARRAY(
    SELECT ticket_id FROM tickets_ticketanswer WHERE response_id = NEW.id
    UNION SELECT number FROM tickets_ticket WHERE response_id = NEW.id);
BEGIN
    IF touched <> '{{}}' THEN PERFORM cem_words_of_tickets(touched); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cem_comment_changed AFTER UPDATE OF comment ON surveys_response
    FOR EACH ROW WHEN (OLD.comment IS DISTINCT FROM NEW.comment)
    EXECUTE FUNCTION cem_comment_changed();

CREATE FUNCTION cem_customer_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched bigint[] := ARRAY(
    SELECT number FROM tickets_ticket WHERE customer_id = NEW.id);
BEGIN
    IF touched <> '{{}}' THEN PERFORM cem_words_of_tickets(touched); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cem_renamed AFTER UPDATE OF name, external_id, account_id
    ON customers_customer
    FOR EACH ROW WHEN (
        (OLD.name, OLD.external_id, OLD.account_id)
        IS DISTINCT FROM (NEW.name, NEW.external_id, NEW.account_id))
    EXECUTE FUNCTION cem_customer_renamed();

CREATE FUNCTION cem_account_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched bigint[] := ARRAY(
    SELECT ticket.number FROM tickets_ticket ticket
    JOIN customers_customer customer ON customer.id = ticket.customer_id
    WHERE customer.account_id = NEW.id);
BEGIN
    IF touched <> '{{}}' THEN PERFORM cem_words_of_tickets(touched); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cem_renamed AFTER UPDATE OF name ON customers_account
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)
    EXECUTE FUNCTION cem_account_renamed();
"""
FORGET_TRIGGERS = """
DROP FUNCTION cem_tickets_came, cem_ticket_counted_anew, cem_ticket_named_anew,
    cem_ticket_left, cem_answers_came, cem_answer_moved, cem_comment_changed,
    cem_customer_renamed, cem_account_renamed CASCADE;
"""
FILL = f"""
INSERT INTO tickets_deskcount ({CELL}, tickets, is_loose)
SELECT {OF_TICKET}, count(*), false FROM tickets_ticket GROUP BY {OF_TICKET};
SELECT cem_words_of_tickets(ARRAY(SELECT number FROM tickets_ticket));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0005_mail_threads"),
        ("journeys", "0001_first"),
        ("surveys", "0008_versions_checked_by_us"),
        ("teams", "0002_presence_and_notices"),
        ("tickets", "0003_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeskCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("status", models.CharField(max_length=12)),
                ("priority", models.CharField(max_length=10)),
                ("team", models.BigIntegerField()),
                ("assignee", models.BigIntegerField()),
                ("touchpoint", models.BigIntegerField()),
                ("region", models.CharField(max_length=80)),
                ("product_line", models.CharField(max_length=80)),
                ("tier", models.CharField(max_length=40)),
                ("problem_type", models.CharField(max_length=60)),
                ("closure", models.CharField(max_length=12)),
                ("waits_for_owner", models.BooleanField()),
                ("tickets", models.IntegerField()),
                ("is_loose", models.BooleanField(db_default=True)),
            ],
        ),
        migrations.CreateModel(
            name="TicketWords",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                ("is_open", models.BooleanField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_queue",
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_queue_of_person",
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_queue_of_team",
        ),
        migrations.AddField(
            model_name="ticket",
            name="sort_due_at",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Coalesce(
                    "next_due_at",
                    models.Value(
                        datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.UTC)
                    ),
                ),
                output_field=models.DateTimeField(),
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("status", "resolved"), _negated=True),
                fields=["sort_due_at", "number"],
                include=(
                    "status",
                    "priority",
                    "team",
                    "assignee",
                    "touchpoint",
                    "region",
                    "product_line",
                    "tier",
                    "problem_type",
                    "closure",
                    "waits_for_owner",
                    "opened_at",
                ),
                name="ticket_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("status", "resolved"), _negated=True),
                fields=["urgency", "sort_due_at", "number"],
                include=(
                    "status",
                    "priority",
                    "team",
                    "assignee",
                    "touchpoint",
                    "region",
                    "product_line",
                    "tier",
                    "problem_type",
                    "closure",
                    "waits_for_owner",
                    "opened_at",
                ),
                name="ticket_queue_by_priority",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("status", "resolved"), _negated=True),
                fields=["number"],
                include=(
                    "status",
                    "priority",
                    "team",
                    "assignee",
                    "touchpoint",
                    "region",
                    "product_line",
                    "tier",
                    "problem_type",
                    "closure",
                    "waits_for_owner",
                    "opened_at",
                ),
                name="ticket_queue_by_number",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("status", "resolved"), _negated=True),
                fields=["assignee", "sort_due_at", "number"],
                name="ticket_queue_of_person",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("status", "resolved"), _negated=True),
                fields=["team", "sort_due_at", "number"],
                name="ticket_queue_of_team",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["sort_due_at", "number"], name="ticket_by_due"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["urgency", "sort_due_at", "number"], name="ticket_by_priority"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["opened_at"],
                include=(
                    "status",
                    "priority",
                    "team",
                    "assignee",
                    "touchpoint",
                    "region",
                    "product_line",
                    "tier",
                    "problem_type",
                    "closure",
                    "waits_for_owner",
                ),
                name="ticket_opened",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["tags"], name="ticket_tags"
            ),
        ),
        migrations.AddIndex(
            model_name="deskcount",
            index=models.Index(
                fields=["assignee"],
                include=(
                    "status",
                    "priority",
                    "team",
                    "touchpoint",
                    "region",
                    "product_line",
                    "tier",
                    "problem_type",
                    "closure",
                    "waits_for_owner",
                    "tickets",
                ),
                condition=models.Q(("status", "resolved"), _negated=True),
                name="desk_count_open",
            ),
        ),
        migrations.AddIndex(
            model_name="deskcount",
            index=models.Index(
                condition=models.Q(("is_loose", True)),
                fields=["id"],
                name="desk_count_loose",
            ),
        ),
        migrations.AddIndex(
            model_name="ticketwords",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["words"], name="ticket_words"
            ),
        ),
        migrations.AddIndex(
            model_name="ticketwords",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("is_open", True)),
                fastupdate=False,
                fields=["words"],
                name="ticket_words_open",
            ),
        ),
        migrations.RunSQL(WORDS, FORGET_WORDS),
        migrations.RunSQL(TRIGGERS, FORGET_TRIGGERS),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
