"""The evidence log of one actor in one story folds into stance and stance changes."""
