"""A GitHub in a box: the REST and the little GraphQL we use, over real bare git repositories on disk."""
