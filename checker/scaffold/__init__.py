"""Answers → files: workers, their tests and what they need, from the templates in scaffolds/."""
