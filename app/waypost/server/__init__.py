"""The web process: receives webhooks, answers health and metrics. Does no work of its own."""
