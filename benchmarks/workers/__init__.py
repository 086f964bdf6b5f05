"""Programs that run under the peers' own interpreters: nothing of memcodec may be imported here, but by its own."""
