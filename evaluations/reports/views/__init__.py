"""Downloads of reports and sheets."""
