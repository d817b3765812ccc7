import numpy as np
import pytest

from stancewire.reading.centring import centred, centres


@pytest.mark.parametrize("language", ["de", "en", "fr"])
def test_a_centred_vector_has_unit_length_and_points_away_from_the_mean(language: str) -> None:
    vector = np.random.default_rng(3).normal(size=384).astype(np.float32)
    vector /= np.linalg.norm(vector)
    found = centred(vector, language)
    assert np.linalg.norm(found) == pytest.approx(1.0, abs=1e-5)
    mean = centres().get(language, np.mean(list(centres().values()), axis=0))
    assert found @ mean < vector @ mean


def test_what_is_the_mean_itself_stays() -> None:
    mean = centres()["de"]
    assert np.array_equal(centred(mean, "de"), mean)
