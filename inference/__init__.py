"""Talking to language models: client, server, ledger, structured output, prompts."""
