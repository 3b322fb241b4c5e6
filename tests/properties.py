"""How properties are tried: import this where hypothesis is used, and its profile is in force."""

from hypothesis import HealthCheck, settings

# The same examples every time: a property that fails must fail for the next person too, and no run may be slow by
# chance. One store serves all examples of a test, so each example uses rows of its own.
settings.register_profile(
    "byhand",
    derandomize=True,
    database=None,
    deadline=None,
    # A machine that is busy with something else is no fault of a strategy.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("byhand")
