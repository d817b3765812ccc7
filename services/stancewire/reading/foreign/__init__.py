"""Stances by somebody else's classifier; everything else is read by Stancewire's own model."""
