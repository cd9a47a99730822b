"""The phone's sealed log: streams, ops, epoch."""
