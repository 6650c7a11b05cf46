"""Tables, connections and migrations. One schema, on SQLite and on PostgreSQL."""
