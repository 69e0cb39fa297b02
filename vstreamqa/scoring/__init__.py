"""Extraction, rules, statistics: from predictions to figures."""
