"""What a user may set: settings and the rules they obey, units of size, times as people write them."""
