"""What can be wrong with a template before anybody uses it, one check a function. `waypost.golden.check` lists them."""
