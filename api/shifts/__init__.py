"""When a resident works: their own calendar, of which only hours are kept."""
