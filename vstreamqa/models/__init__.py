"""Who answers: the protocol and the adapters."""
