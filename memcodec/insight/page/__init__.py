"""Pages of HTML that need nothing else: drawn when they are made, explored by a script that they carry."""
