"""Tools as data: an annotation becomes a link, a badge, a state. Pure."""
