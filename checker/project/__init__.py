"""What only the project around a file can tell."""
