"""crmtool: a CRM that lives in the terminal."""
