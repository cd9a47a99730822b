"""WHEN: a resident's rhythm, the planner, and their prompts."""
