import pytest

from vstreamqa.errors import UserError
from vstreamqa.models.windowed import Policy, parse_policy


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        ("uniform", Policy("uniform")),
        ("last-frames:4", Policy("last-frames", 4)),
        ("last-seconds:60", Policy("last-seconds", 60)),
        ("last-seconds:2.5", Policy("last-seconds", 2.5)),
    ],
)
def test_a_policy_is_read_and_written(name: str, policy: Policy) -> None:
    assert parse_policy(name) == policy
    assert policy.name == name
    assert policy.bounded == (name != "uniform")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("unifrom", "policy 'unifrom': unknown; did you mean 'uniform'?"),
        ("uniform:8", "is the option 'frames'"),
        ("last-frames", "write 'last-frames:N'"),
        ("last-frames:0", "above 0"),
        ("last-frames:2.5", "a whole number"),
        ("last-seconds:-1", "seconds above 0"),
        ("last-seconds:nan", "seconds above 0"),
        ("last-seconds:inf", "seconds above 0"),
        ("last-seconds:many", "seconds above 0"),
        ("", "unknown"),
    ],
)
def test_what_is_no_policy_is_refused(name: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        parse_policy(name)
