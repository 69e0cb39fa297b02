"""Talking to a server of the OpenAI protocol, and starting one: what served models and served judges share."""
