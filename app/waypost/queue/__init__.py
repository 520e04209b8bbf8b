"""The inbox of deliveries and the dirty keys. One Protocol, SQLite by default."""
