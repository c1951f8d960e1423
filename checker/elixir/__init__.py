"""Elixir source → model."""
