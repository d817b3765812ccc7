from stancewire.intake.sources import owner_of, owners, source


def test_outlets_of_one_house_have_one_owner():
    assert owner_of("Bild") == owner_of("https://www.welt.de/") == owner_of("POLITICO")


def test_unknown_outlet_is_its_own_owner():
    assert owner_of("Nordhafener  Zeitung") == "nordhafener zeitung"
    assert owner_of("STRASSENBLATT") == owner_of("Straßenblatt")


def test_nothing_is_an_empty_name():
    for name in ("", "  ", "https://", "www.", None):
        assert source(name).name
        assert source(name).owner


def test_table_is_read_whole():
    assert len(owners()) > 80
    assert all(outlet and owner for outlet, owner in owners().items())
