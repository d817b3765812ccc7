"""Rules over stance changes -> notices -> deliveries to receivers."""
