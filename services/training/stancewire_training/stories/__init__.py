"""Measures how well articles find their stories, and makes the tables that they need for it."""
