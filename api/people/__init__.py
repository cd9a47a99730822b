"""WHO: people, groups, sign-in, sessions, devices, and the public half of their keys."""
