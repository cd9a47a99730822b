"""What stands around a phone: a push service, a stand-in for Chromium's, and a desktop that shows notifications."""
