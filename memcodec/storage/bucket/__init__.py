"""Objects in buckets (S3, Google, Azure): read by ranges, written by multipart upload."""
