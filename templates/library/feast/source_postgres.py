"""Where the history of the features is: a table in PostgreSQL, filled by whatever prepares your data."""
import os

from feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source import PostgreSQLSource

activity = PostgreSQLSource(name="activity", table="activity", timestamp_field="happened_at", created_timestamp_column="written_at")


def write(frame):
    import sqlalchemy

    e = os.environ
    address = sqlalchemy.URL.create("postgresql+psycopg", username="feast", password=e["POSTGRES_PASSWORD"], host=e["POSTGRES_HOST"], database="feast",
                                    query={"sslmode": e["POSTGRES_SSLMODE"]})
    frame.to_sql("activity", sqlalchemy.create_engine(address), if_exists="replace", index=False)
