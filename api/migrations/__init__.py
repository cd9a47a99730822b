"""The database's history. A migration runs while the previous code still serves, so it only ever adds."""
