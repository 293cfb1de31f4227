"""python -m bench.floor.notified: the least that can make a case of an answer.

Waits on LISTEN, claims what waits by SKIP LOCKED, opens the cases, commits.
"""

import os
import select
from contextlib import closing

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, connection

TABLES = """
    DROP TABLE IF EXISTS floor_answer, floor_waiting, floor_case;
    CREATE TABLE floor_answer (id uuid PRIMARY KEY, score smallint, comment text);
    CREATE TABLE floor_waiting (id bigserial PRIMARY KEY, answer uuid, done_at timestamptz);
    CREATE INDEX ON floor_waiting (id) WHERE done_at IS NULL;
    CREATE TABLE floor_case (answer uuid PRIMARY KEY)"""
STORE = """
    WITH stored AS (
        INSERT INTO floor_answer VALUES (%(id)s, %(score)s, %(comment)s) RETURNING id
    ), told AS (INSERT INTO floor_waiting (answer) SELECT id FROM stored)
    SELECT pg_notify('floor', '')"""
OPEN = """
    WITH claimed AS (
        SELECT id, answer FROM floor_waiting WHERE done_at IS NULL
        ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED
    ), done AS (
        UPDATE floor_waiting w SET done_at = now() FROM claimed WHERE w.id = claimed.id
    )
    INSERT INTO floor_case SELECT answer FROM claimed"""


def connected() -> connection:
    made = psycopg2.connect(os.environ["DATABASE_URL"])
    made.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    return made


def main() -> None:
    # `with database` would be one transaction from here to the end.
    with closing(connected()) as database, database.cursor() as cursor:
        cursor.execute("LISTEN floor")
        while True:
            cursor.execute(OPEN)
            select.select([database], [], [])
            database.poll()
            database.notifies.clear()


if __name__ == "__main__":
    main()
