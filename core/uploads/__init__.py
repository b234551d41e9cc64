"""Files from outside, hostile until read: CSV, workbooks and JSON within limits."""
