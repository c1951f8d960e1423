"""Workers and job functions of Oban for Python, and their tests."""
