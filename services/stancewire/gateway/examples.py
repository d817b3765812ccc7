"""Examples of what the interface answers, made of the very types; all of it is invented."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from stancewire.events import (
    ActorRef,
    ArticleRef,
    Detector,
    Evidence,
    ModelRef,
    Source,
    Stance,
    StanceChange,
    StanceSince,
    StoryRef,
    Support,
    Value,
)
from stancewire.gateway.hub import hello, news
from stancewire.gateway.problems import ProblemDocument
from stancewire.gateway.shapes import (
    Accepted,
    ActorPage,
    ChangePage,
    InStory,
    ProofPage,
    RecordedChange,
    Session,
    Story,
    StoryPage,
    TimelinePage,
)
from stancewire.stores.shown import Shown, Turn
from stancewire.tracking.display import Distribution, Share
from stancewire.tracking.timeline import (
    BandPoint,
    PastChange,
    Proof,
    Reading,
    Said,
    Stretch,
    Timeline,
)
from stancewire.tracking.view import Pending, View

ARTICLE = {
    "uri": "https://nordhafen.example/harbour-talks",
    "headline": "Minister sees a chance for the harbour talks",
    "body": "“An agreement is possible this week”, said Almut Reinhold on Monday.",
    "language": "en",
    "published_at": "2026-03-02T08:30:00Z",
    "source": {"name": "Nordhafen Herald", "owner": "Nordhafen Press"},
}

_MONDAY = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
_THURSDAY = _MONDAY + timedelta(days=3)
_CHANGE_ID = "6d1f0f6e-8f0c-5d53-9a0e-2f6f3f4f9a11"
_POSITION = "1772700600000-0"
_STORY = StoryRef(id="harbour-talks", label="Harbour talks")
_ACTOR = ActorRef(id="person:almut-reinhold", name="Almut Reinhold", kind="person")
_HOPED = StanceSince(stance=Stance.HOPEFUL, since=_MONDAY, confidence=0.81)
_WARNS = StanceSince(stance=Stance.WARNING, since=_THURSDAY, confidence=0.77)
_ARTICLE = ArticleRef(
    uri="https://nordhafen.example/no-deal",
    version=1,
    title="Reinhold: without a deal the port stands still",
    url="https://nordhafen.example/no-deal",
    language="en",
    source=Source(name="Nordhafen Herald", owner="Nordhafen Press"),
    published_at=_THURSDAY,
)
_SUPPORT = Support(statements=4, articles=5, sources=4)
_SENTENCE = "Without a deal the port will stand still, Reinhold warned."
_QUOTE = "Without a deal the port will stand still"
_CHANGE = StanceChange(
    change_id=_CHANGE_ID,
    sequence=2,
    type="changed",
    story=_STORY,
    actor=_ACTOR,
    previous=_HOPED,
    current=_WARNS,
    support=_SUPPORT,
    evidence=(
        Evidence(
            observation_id="0b0b3c70-6a8e-5c0e-8f8b-5a3d7c0f6c21",
            article_uri=_ARTICLE.uri,
            title=_ARTICLE.title,
            source=_ARTICLE.source.name,
            text=_QUOTE,
            stance=Stance.WARNING,
            confidence=0.9,
            published_at=_THURSDAY,
            language=_ARTICLE.language,
        ),
    ),
    detector=Detector(name="categorical-cusum", statistic=5.4, threshold=5.2),
    supersedes=None,
    model=ModelRef(name="stancewire-reader", version="0.1.0"),
    occurred_at=_THURSDAY,
    recorded_at=_THURSDAY + timedelta(seconds=2),
)
_SHOWN = Shown(
    actor=_ACTOR,
    held=_WARNS,
    turn=Turn(change_id=_CHANGE_ID, type="changed", previous=Stance.HOPEFUL, at=_THURSDAY),
    published_at=_THURSDAY,
    articles=9,
    sources=5,
    languages=("de", "en"),
)
_LISTED = Story(
    id=_STORY.id,
    label=_STORY.label,
    published_at=_THURSDAY,
    actors=(_SHOWN,),
    actors_total=1,
    stances={Stance.WARNING: 1},
    languages=("de", "en"),
    latest=_SHOWN,
)
_SHARES = {
    Stance.HOPEFUL: Share(mean=0.42, low=0.22, high=0.63),
    Stance.SKEPTICAL: Share(mean=0.1, low=0.01, high=0.26),
    Stance.WARNING: Share(mean=0.48, low=0.27, high=0.69),
}
_VIEW = View(
    story=_STORY,
    actor=_ACTOR,
    as_of=_THURSDAY + timedelta(minutes=30),
    held=_WARNS,
    pending=Pending(stance=Stance.SKEPTICAL, since=_THURSDAY, statistic=2.6, threshold=5.2),
    is_stale=False,
    votes=7,
    articles=9,
    sources=5,
    voted_at=_THURSDAY,
    distribution=Distribution(shares=_SHARES, votes=6.4, challenger=Stance.HOPEFUL, exceeds=0.42),
)
_OBSERVATION = _CHANGE.evidence[0].observation_id
_TIMELINE = Timeline(
    now=_VIEW,
    readings=(
        Reading(
            observation_id=_OBSERVATION,
            article=_ARTICLE,
            stance=Stance.WARNING,
            confidence=0.9,
            counts="vote",
            repeats=(),
        ),
    ),
    stretches=(
        Stretch(
            stance=Stance.HOPEFUL,
            since=_MONDAY,
            until=_THURSDAY,
            confidence=0.81,
            tipped_at=_MONDAY,
            change_id="b7a4e0a2-90f4-5f1c-8a55-0d6c3a5b7e90",
        ),
        Stretch(
            stance=Stance.WARNING,
            since=_THURSDAY,
            until=None,
            confidence=0.77,
            tipped_at=_THURSDAY,
            change_id=_CHANGE_ID,
        ),
    ),
    changes=(
        PastChange(
            change_id=_CHANGE_ID,
            sequence=2,
            type="changed",
            standing="stands",
            previous=_HOPED,
            current=_WARNS,
            support=_SUPPORT,
            supersedes=None,
            occurred_at=_THURSDAY,
            recorded_at=_CHANGE.recorded_at,
        ),
    ),
    band=(BandPoint(at=_THURSDAY, votes=6.4, shares=_SHARES),),
)
_PROOF = Proof(
    observation_id=_OBSERVATION,
    article=_ARTICLE,
    stance=Stance.WARNING,
    confidence=0.9,
    counts="vote",
    repeats=(),
    statements=(
        Said(
            text=_QUOTE,
            sentence=_SENTENCE,
            offset=0,
            stance=Stance.WARNING,
            confidence=0.9,
            copies=("https://kuestenbote.example/4711",),
        ),
    ),
)
_NEXT = "cDE3NzI3MDA2MDAwMDB8aGFyYm91ci10YWxrcw"
_EXAMPLES: dict[type[Value], Value] = {
    type(example): example
    for example in (
        _LISTED,
        _TIMELINE,
        _VIEW,
        Accepted(uri=str(ARTICLE["uri"]), status="accepted"),
        ActorPage(actor=_ACTOR, items=(InStory(story=_STORY, shown=_SHOWN),), next=None),
        ChangePage(items=(RecordedChange(position=_POSITION, change=_CHANGE),), next=None),
        ProofPage(items=(_PROOF,), next=None),
        Session(access="keys", name="newsroom", scopes=("read",)),
        StoryPage(items=(_LISTED,), next=_NEXT),
        TimelinePage(story=_STORY, items=(_TIMELINE,), next=None),
    )
}
_DETAILS: dict[int, tuple[str, str]] = {
    401: ("no-key", "the call carries no key; send `Authorization: Bearer KEY`"),
    403: ("scope", "the key 'newsroom' is not good for publish"),
    404: ("not-found", "there is no story 'harbour'; it may have been withdrawn"),
    408: ("too-slow", "the body did not come within 30 seconds; send it again"),
    409: ("idempotency-key", "the same request is being answered; wait"),
    413: ("too-large", "the body is longer than 12,517,376 bytes; shorten it"),
    415: ("media-type", "the content type is 'text/plain'; send application/json"),
    422: ("invalid-request", "query.limit: Input should be less than or equal to 200"),
    429: ("too-many-requests", "more than 600 requests a minute; wait as retry-after says"),
    503: ("unavailable", "Redis does not answer as it should; check that it runs"),
}

EVENTS = (hello(_POSITION) + news(_POSITION, _CHANGE).frame).decode()


def of(answer: type[Value]) -> Value:
    """The example of a type."""
    return _EXAMPLES[answer]


def problem(status: int) -> ProblemDocument:
    """The example of a problem."""
    kind, detail = _DETAILS[status]
    return ProblemDocument(
        type=f"urn:stancewire:problem:{kind}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance="/api/v1/stories",
    )
