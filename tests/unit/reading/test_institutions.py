import pytest

from stancewire.events import ActorKind
from stancewire.reading.institutions import identify
from stancewire.reading.organizations import known_organization, plain_name
from stancewire.reading.places import find_place
from stancewire.reading.tables import parts, table


def id_of(mention: str, kind: ActorKind = "government") -> str | None:
    found = identify(mention, kind=kind)
    return found.id if found else None


@pytest.mark.parametrize(
    ("mention", "expected"),
    [
        ("Seoul", "government:kr"),
        ("Pariser Regierung", "government:fr"),
        ("Regierung in Georgetown", "government:gy"),
        ("Vereinigten Staaten", "government:us"),
        ("No 10", "government:gb"),
        ("Georgia", "government:ge"),
        ("Georgia state government", "government:us-ga"),
        ("Bayerns Staatsregierung", "government:de-by"),
        ("Bundesinnenministerium", "government:de-interior-ministry"),
        ("Wirtschaftsministerium in Berlin", "government:de-economy-ministry"),
        ("Verkehrsministerium in Stuttgart", "government:de-bw-transport-ministry"),
        ("foreign ministry", "government:foreign-ministry"),
        ("US-Botschaft in Nairobi", "government:us-embassy-ke"),
        ("russische Botschaft", "government:ru-embassy"),
        ("Russland und China", "government:cn--ru"),
        ("Trump administration", "government:trump"),
        ("Stadtleitung", None),
    ],
)
def test_governments(mention: str, expected: str | None) -> None:
    assert id_of(mention) == expected


@pytest.mark.parametrize(
    ("mention", "kind", "expected"),
    [
        ("Paris", "organization", None),
        ("Frankreich", "organization", "government:fr"),
        ("Frankreich", "group", None),
        ("US-Regierung", "organization", "government:us"),
        ("Deutsche Bank", "organization", None),
        ("Angela Merkel", "person", None),
        ("israelische Armee", "organization", "organization:il-armed-forces"),
        ("Expert:innen", "group", "group:experts"),
        ("viele unabhängige Beobachter", "group", "group:observers-independent"),
        ("government sources in Seoul", "group", "group:kr-government-circles"),
        ("Forscher in Jena", "group", None),
    ],
)
def test_what_is_no_government_stays_none(
    mention: str, kind: ActorKind, expected: str | None
) -> None:
    assert id_of(mention, kind) == expected


@pytest.mark.parametrize(
    ("mention", "slug"),
    [
        ("Europäischen Zentralbank (EZB)", "ecb"),
        ("Weltgesundheitsorganisation (WHO) in Genf", "who"),
        ("der Gewerkschaft ver.di", "verdi"),
        ("US-Weltraumbehörde NASA", "nasa"),
        ("Union", "cdu-csu"),
        ("the union", None),
        ("who", None),
        ("Hamburger Grünen", None),
    ],
)
def test_known_organisations(mention: str, slug: str | None) -> None:
    assert known_organization(mention) == slug


@pytest.mark.parametrize(
    ("mention", "name"),
    [
        ("Siemens AG", "Siemens"),
        ("Barclays plc", "Barclays"),
        ("Firma Euryza", "Euryza"),
        ("Gewerkschaft der Polizei", "Gewerkschaft der Polizei"),
        ("Union Berlin", "Union Berlin"),
        ("Bank Austria", "Bank Austria"),
        ("„Automobilwoche“", "Automobilwoche"),
    ],
)
def test_plain_names(mention: str, name: str) -> None:
    assert plain_name(mention) == name


def test_no_name_of_an_organisation_is_in_the_table_twice() -> None:
    for slug, names in table("organizations").items():
        for name in names:
            assert known_organization(name) == slug, name


def test_no_office_or_group_is_in_the_table_twice() -> None:
    for kind in ("government", "organization", "group"):
        for office, forms in table("offices")[kind].items():
            for form in forms:
                assert id_of(form, "group") == f"{kind}:{office}", form


def test_every_place_is_found_by_every_name_of_the_tables() -> None:
    for source in ("places", "states"):
        for code, entry in table(source).items():
            for name in (name for names in entry.values() for name in names):
                place = find_place(parts(name))
                assert place is not None, name
                assert place.code == code.casefold(), name
