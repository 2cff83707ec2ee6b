"""One module per short command. Each is loaded when it is asked for, by the table in ``crmtool.cli.table``."""
