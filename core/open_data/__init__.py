"""Open data: what is published as files, and the check that any file is machine-readable."""
