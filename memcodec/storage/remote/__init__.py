"""What all far places share: ranges asked for together, read ahead, kept in memory and on disk."""
