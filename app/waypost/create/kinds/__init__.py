"""The kinds of effects: for each family how to look, what to compare (pure), which calls change the difference."""
