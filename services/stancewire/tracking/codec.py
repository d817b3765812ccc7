"""State to bytes and back: equal states have equal bytes."""

import msgspec

from stancewire.errors import ConfigurationError
from stancewire.tracking.state import State

_FORMAT = 1
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(State)


def to_bytes(state: State) -> bytes:
    """The canonical bytes (MessagePack, fields in declared order)."""
    return _ENCODER.encode(state)


def from_bytes(raw: bytes) -> State:
    """The state that `to_bytes` wrote. Raises ConfigurationError where the bytes are no state."""
    try:
        state = _DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"stored tracking state is unreadable: {_MEND}: {error}"
        ) from error
    if state.format != _FORMAT:
        raise ConfigurationError(
            f"stored tracking state has format {state.format}, not {_FORMAT}: {_MEND}"
        )
    return state


_MEND = "with another redis.namespace and kafka.group_prefix it is folded anew from the log"
