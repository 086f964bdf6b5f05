"""How memcodec starts Python and lives through a fork: safe paths, no reports to makers, no lock of a parent's."""
