"""The only place where frames meet a model."""
