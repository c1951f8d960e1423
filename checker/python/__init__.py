"""Python source → model: workers and jobs of oban for Python, and what they do."""
