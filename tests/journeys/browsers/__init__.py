"""Real browsers with one set of verbs: go, press, fill, read, look."""
