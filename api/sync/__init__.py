"""The front door of the phone: one exchange, up and down."""
