"""Journeys: the real product, real browsers and a real encrypted push, all on loopback."""
