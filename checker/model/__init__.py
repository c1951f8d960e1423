"""What a job does, in terms that hold for every language Oban has."""
