"""Deadlines for people's own calendars: one as a file, a firm's as a feed (docs/decisions/calendar-feeds.md)."""
