"""A page of a few lines, to tell a broken machine from a broken product."""
