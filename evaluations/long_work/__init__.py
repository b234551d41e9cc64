"""Long work: asked for on a page, done by a runner outside the web server, watched and cancelled by who asked."""
