"""Golden paths, pure: a template, its parameters, what it renders and the plan of what it would do. Runs nothing."""
