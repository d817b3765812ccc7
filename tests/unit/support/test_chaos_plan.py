"""What a chaos run is made of is a function of its seed, and leaves nothing out."""

from collections import Counter

from chaos_input import bad_day
from chaos_schedule import KINDS_OF_WORKER, Fault, schedule


def test_every_round_has_a_kill_and_one_fault_more_in_either_order():
    rounds = schedule(7, 60)
    assert {tuple(blow.fault is None for blow in one) for one in rounds} == {
        (True, False),
        (False, True),
    }
    assert all(0 <= blow.at < 1 for one in rounds for blow in one)


def test_faults_come_equally_often_and_hit_both_kinds():
    blows = [blow for pair in schedule(7, 60) for blow in pair]
    assert Counter(blow.fault for blow in blows if blow.fault) == dict.fromkeys(Fault, 10)
    assert {blow.kind for blow in blows if blow.fault is None} == set(KINDS_OF_WORKER)


def test_a_seed_gives_one_run_and_another_seed_another():
    assert schedule(7, 20) == schedule(7, 20) != schedule(8, 20)
    assert bad_day(7, 50) == bad_day(7, 50) != bad_day(8, 50)


def test_a_bad_day_repeats_corrects_and_reorders():
    given = bad_day(7, 300)
    uris = [one.uri for one in given.deliveries]
    assert set(uris) == set(given.actors)
    sent = Counter((one.uri, one.fields["version"]) for one in given.deliveries)
    assert 30 < sum(times - 1 for times in sent.values()) < 120
    corrected = {uri for uri, version in sent if version == 2}
    assert {len(given.actors[uri]) for uri in corrected} == {1}
    assert {len(given.actors[uri]) for uri in set(uris) - corrected} == {2}
    numbers = [int(uri.rpartition(":")[2]) for uri in uris]
    assert numbers != sorted(numbers)
    versions = [one.fields["version"] for one in given.deliveries if one.uri in corrected]
    assert versions != sorted(versions)
