"""A long past for a store whose controller does not run: sightings and lines of the log."""

import contextlib
import sqlite3
import time

COLUMNS = ("id, at, type, server, pool, domain, incident, from_content, to_content, reason,"
           " detail, who, server_name, pool_name, domain_name")


def write_past(store, server, sightings, lines, span_s=86_400):
    """Of the server with that id, evenly over the last `span_s` seconds: it comes and goes."""
    now = int(time.time() * 1000)

    def at(number, count):
        return now - span_s * 1000 + number * span_s * 1000 // count

    with contextlib.closing(sqlite3.connect(store)) as database, database:
        (last,) = database.execute("SELECT last_id FROM meta").fetchone()
        database.executemany(
            "INSERT INTO sighting (id, at, server, sight) VALUES (?, ?, ?, ?)",
            ((last + 1 + number, at(number, sightings), server,
              "linked" if number % 2 else "closed") for number in range(sightings)))
        last += sightings
        database.executemany(
            f"INSERT INTO log ({COLUMNS}) VALUES ({', '.join('?' * 15)})",
            ((last + 1 + number, at(number, lines), "server_up", server, 0, 0, 0, "", "",
              "it is back", "x" * 200, "", "web1", "", "") for number in range(lines)))
        database.execute("UPDATE meta SET last_id = ?", (last + lines + 1,))
