"""What a user may set: settings and the rules they obey, units of size, times and tags as people write them."""
