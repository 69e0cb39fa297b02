"""The leaderboard: published figures with their sources, submitted runs that were checked, and the page of both."""
