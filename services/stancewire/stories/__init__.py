"""Which running story an article belongs to, and which statements are copies."""
