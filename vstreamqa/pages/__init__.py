"""What the leaderboard's page and the viewer's share: packages, look, addresses, and how data become a script."""
