"""oban-guard: keeps broken background jobs out of code bases that use Oban."""

__version__ = "0.1.0"
