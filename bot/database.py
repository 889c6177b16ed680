"""How the processes of Rasa's side open the database they share with Django."""

import sqlalchemy as sa
from sqlalchemy.engine import Engine


def settle(engine: Engine) -> Engine:
    """Make SQLite safe for several processes: a write-ahead log, and a write lock from the start of a transaction.

    Without the early lock two processes that both read and then write end with "database is locked".
    """
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _open_sqlite)
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        # The last connection to close folds the log back into the file, which takes longer than a whole turn.
        engine.kept_open = engine.raw_connection()
    return engine


def _open_sqlite(connection, _record) -> None:  # type: ignore[no-untyped-def]  # a DBAPI connection has no public type
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA busy_timeout = 5000")
