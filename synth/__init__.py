"""What a model writes: reference answers, silver thoughts, step labels, contrastive samples."""
