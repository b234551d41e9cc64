"""Databases as earlier releases left them, each with what that release showed of it."""
