"""Trains, evaluates and exports the models that `stancewire.reading` runs; torch lives here."""
