"""What several adapters need: devices, weights, the hub, growing text."""
