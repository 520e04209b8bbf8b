"""From events to dirty keys, from dirty keys to one commit: reader, writer, reconcile."""
