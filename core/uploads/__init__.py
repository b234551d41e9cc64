"""Files from outside, untrusted until read: CSV, workbooks and JSON within limits."""
