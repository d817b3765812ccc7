"""How good a reading is: readings against labelled articles. `docs/evaluation.md` defines it."""
