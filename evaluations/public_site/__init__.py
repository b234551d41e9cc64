"""What residents find without a login: everything here is read from publications alone."""
