"""BY WHICH ROAD: push subscriptions, and how a prompt reaches a phone."""
