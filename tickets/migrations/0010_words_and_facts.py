"""All that the desk narrows, counts and sorts by stands beside the words and tags."""

from importlib import import_module

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

before = import_module("tickets.migrations.0004_desk_indexes")

FACTS = (
    "team, assignee, touchpoint, opened_at, sort_due_at, urgency, waits_for_owner,"
    " status, priority, closure, region, product_line, tier, problem_type"
)
OF_TICKET = (
    "team_id, assignee_id, touchpoint_id, opened_at, sort_due_at, urgency,"
    " waits_for_owner, status, priority, closure, region, product_line, tier,"
    " problem_type"
)
LEFT = ", ".join(f"OLD.{name}" for name in OF_TICKET.split(", "))
CAME = ", ".join(f"NEW.{name}" for name in OF_TICKET.split(", "))
OF_JOINED = ", ".join(f"ticket.{name}" for name in OF_TICKET.split(", "))

# ruff: noqa: S608  the statements are made of this module's constants
WORDS = rf"""
-- Pairs of characters are looked up as they are: no word that is found is longer.
CREATE OR REPLACE FUNCTION cem_search_query(asked text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(DISTINCT quote_literal(word) || how, ' & '), '')::tsquery
    FROM regexp_matches(lower(left(asked, 200)), '{before.PARTS}', 'g') AS found (part),
    LATERAL (
        SELECT left(part[2], 60), ':*' WHERE part[2] IS NOT NULL
        UNION ALL
        SELECT substr(part[1], at, 2), CASE WHEN length(part[1]) = 1 THEN ':*' ELSE '' END
        FROM generate_series(1, greatest(length(part[1]) - 1, 1)) at
        WHERE part[1] IS NOT NULL
    ) AS cut (word, how)
$$;

-- No word holds a sign: what begins with one can only be a tag.
CREATE FUNCTION cem_tag_query(tag text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ('''#' || replace(replace(tag, '\', '\\'), '''', '''''') || '''')::tsquery
$$;

CREATE OR REPLACE FUNCTION cem_words_of_tickets(numbers bigint[]) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO tickets_ticketwords (ticket_id, words, is_open, {FACTS})
    SELECT ticket.number,
        cem_search_words(concat_ws(' ', ticket.subject, customer.name,
            customer.external_id, account.name, opened.comment, further.comments))
        || array_to_tsvector(ARRAY(
            SELECT DISTINCT '#' || tag FROM unnest(ticket.tags) tag)),
        ticket.status <> 'resolved', {OF_JOINED}
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
    ON CONFLICT (ticket_id) DO UPDATE SET words = excluded.words
$$;
"""
TRIGGERS = f"""
CREATE OR REPLACE FUNCTION cem_ticket_counted_anew() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tickets_deskcount ({before.CELL}, tickets)
    VALUES ({before.LEFT}, -1), ({before.CAME}, 1);
    RETURN NULL;
END $$;

CREATE FUNCTION cem_ticket_found_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tickets_ticketwords
    SET is_open = NEW.status <> 'resolved', ({FACTS}) = ROW({CAME})
    WHERE ticket_id = NEW.number;
    RETURN NULL;
END $$;
CREATE TRIGGER cem_found_anew AFTER UPDATE ON tickets_ticket
    FOR EACH ROW WHEN (({LEFT}) IS DISTINCT FROM ({CAME}))
    EXECUTE FUNCTION cem_ticket_found_anew();

DROP TRIGGER cem_named_anew ON tickets_ticket;
CREATE TRIGGER cem_named_anew AFTER UPDATE ON tickets_ticket
    FOR EACH ROW WHEN (
        (OLD.subject, OLD.customer_id, OLD.response_id, OLD.tags)
        IS DISTINCT FROM (NEW.subject, NEW.customer_id, NEW.response_id, NEW.tags))
    EXECUTE FUNCTION cem_ticket_named_anew();
"""
AS_BEFORE = f"""
DROP FUNCTION cem_ticket_found_anew CASCADE;
{before.FORGET_TRIGGERS}
DROP FUNCTION cem_tag_query;
{before.FORGET_WORDS}
{before.WORDS}
{before.TRIGGERS}
"""
FILL = "SELECT cem_words_of_tickets(ARRAY(SELECT number FROM tickets_ticket));"
# Changes that return to rows with room beside them touch no index.
ROOM = "ALTER TABLE tickets_ticketwords SET (fillfactor = 90);"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0009_pause_limit")]

    operations = [
        migrations.RunSQL(migrations.RunSQL.noop, FILL),
        migrations.DeleteModel(name="TicketWords"),
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
                ("team", models.BigIntegerField()),
                ("assignee", models.BigIntegerField()),
                ("touchpoint", models.BigIntegerField()),
                ("opened_at", models.DateTimeField()),
                ("sort_due_at", models.DateTimeField()),
                ("urgency", models.SmallIntegerField()),
                ("is_open", models.BooleanField()),
                ("waits_for_owner", models.BooleanField()),
                ("status", models.CharField(max_length=12)),
                ("priority", models.CharField(max_length=10)),
                ("closure", models.CharField(max_length=12)),
                ("region", models.CharField(max_length=80)),
                ("product_line", models.CharField(max_length=80)),
                ("tier", models.CharField(max_length=40)),
                ("problem_type", models.CharField(max_length=60)),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        migrations.RunSQL(WORDS, AS_BEFORE),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
        migrations.RunSQL(
            f"{FILL} SET CONSTRAINTS ALL IMMEDIATE;", migrations.RunSQL.noop
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL DEFERRED;", migrations.RunSQL.noop),
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
        migrations.RemoveIndex(model_name="ticket", name="ticket_tags"),
    ]
