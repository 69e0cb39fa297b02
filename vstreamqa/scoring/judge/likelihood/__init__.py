"""Reading a verdict from the likelihoods of a causal language model, without letting it write."""
