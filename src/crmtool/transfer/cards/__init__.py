"""Cards of people, events and mails: what their formats say as drafts, and records as text of the formats."""
