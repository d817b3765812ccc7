"""What `stancewire bench` measures, and against what."""
