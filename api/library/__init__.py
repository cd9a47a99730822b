"""WHAT IS ASKED: protocols and their items as data files, checked at start-up."""
