"""The reference of an API: an overview on the page of its entity, and pages of its own beside it."""
