"""Long work: requested on a page, done by a runner outside the web server, watched and cancelled by its requester."""
