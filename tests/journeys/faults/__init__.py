"""Real browsers, a real product, and everything between and around them that breaks."""
