"""Small real things that stand in for the outside world."""
