"""What all suites share."""

from hypothesis import HealthCheck, settings

# A busy machine is no failure: examples have no deadline of their own, the test has.
settings.register_profile(
    "stancewire", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("stancewire")
