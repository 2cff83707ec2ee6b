"""What ``crm sql`` stands on: tables with readable columns, files as tables, and a connection that can only read."""
