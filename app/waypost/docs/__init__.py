"""Documentation becomes a site: read, built in a locked process, sanitised, laid out. Publishes nothing."""
