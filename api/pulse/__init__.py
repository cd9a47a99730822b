"""What the group says: tokens, the box, disclosure and releases."""
