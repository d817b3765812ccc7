from stancewire.cli.benching.texts import german_articles


def test_articles_are_german_and_as_long_as_asked_for() -> None:
    articles = german_articles(number=40, words=300)
    assert {len(article.body.split()) for article in articles} == {300}
    assert {article.language for article in articles} == {"de"}
    assert len({article.uri for article in articles}) == 40


def test_articles_differ_and_stay_the_same_from_run_to_run() -> None:
    articles = german_articles(number=30, words=300)
    assert len({article.body for article in articles}) == 30
    assert articles == german_articles(number=30, words=300)


def test_any_length_can_be_had() -> None:
    assert len(german_articles(number=1, words=1)[0].body.split()) == 1
    assert len(german_articles(number=1, words=20_000)[0].body.split()) == 20_000
