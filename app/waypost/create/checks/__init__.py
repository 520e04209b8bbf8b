"""The checks of the preflight, by what they look at. Each yields faults; none writes."""
