"""Where evaluation stands: variables, what decided that we are here, what encloses it."""

from __future__ import annotations

from checker.model.shape import Value, join


class Env:
    """Variables on one way through a function.

    `done`: steps that ran before. `conditions`: what decided that this way is gone.
    `ends`: `(handler, span)` of `except` bodies that this way has just left, with nothing
    done since; None among them stands for the way without any.
    """

    __slots__ = ("vars", "done", "conditions", "ends")

    def __init__(self, variables: dict[str, Value]) -> None:
        self.vars = variables
        self.done: frozenset = frozenset()
        self.conditions: tuple = ()
        self.ends: tuple = (None,)

    def copy(self) -> Env:
        new = Env(dict(self.vars))
        new.done, new.conditions, new.ends = self.done, self.conditions, self.ends
        return new

    def inner(self, variables: dict[str, Value]) -> Env:
        """The way that a function called here begins."""
        new = Env(variables)
        new.done, new.conditions = self.done, self.conditions
        return new

    def take(self, other: Env) -> None:
        """Become another way."""
        self.vars, self.done = other.vars, other.done
        self.conditions, self.ends = other.conditions, other.ends


def merged(ways: list[Env | None]) -> Env | None:
    """One way for several; None when there is none.

    What decided only some of them decides nothing any more.
    """
    ways = [way for way in ways if way is not None]
    if not ways:
        return None
    first = ways[0]
    if len(ways) == 1:
        return first
    new = Env({})
    for name in {name for way in ways for name in way.vars}:
        held = [way.vars[name] for way in ways if name in way.vars]
        new.vars[name] = join(*held)
    new.done = frozenset().union(*(way.done for way in ways))
    new.conditions = tuple(
        c for c in first.conditions if all(c in way.conditions for way in ways[1:])
    )
    new.ends = tuple(dict.fromkeys(end for way in ways for end in way.ends))
    return new


class Scope:
    """What encloses a statement; replaced, never changed.

    `frame`: the function being followed. `handler`: the `except` body we are in. `rescues`:
    names of exceptions caught around. `apart`: in another task or thread than the job's.
    `watching`: for each `try` around, the values that variables were given in it.
    """

    __slots__ = ("frame", "loop", "transaction", "handler", "rescues", "apart", "exits", "watching")

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.loop = False
        self.transaction = None
        self.handler = None
        self.rescues: tuple[str, ...] = ()
        self.apart = False
        self.exits: Exits | None = None
        self.watching: tuple[dict[str, Value], ...] = ()

    def with_(self, **changes: object) -> Scope:
        new = Scope(self.frame)
        for name in self.__slots__:
            setattr(new, name, changes.get(name, getattr(self, name)))
        return new

    @property
    def function(self) -> str:
        return self.frame.label


class Frame:
    """One function being followed: what it returns, and which ways lead there.

    `site`: `(span, trail)` of the call in the file that is checked, when the function stands
    in another file. `lends`: it made functions, which may use its variables later.
    """

    __slots__ = (
        "file", "owner", "label", "closure", "returns", "site", "depth", "is_async", "lends",
    )  # fmt: skip

    def __init__(self, file, owner, label: str, closure: Env | None, depth: int) -> None:
        self.file = file
        self.owner = owner
        self.label = label
        self.closure = closure
        self.returns: list[Value] = []
        self.site = None
        self.depth = depth
        self.is_async = False
        self.lends = False


class Exits:
    """The ways out of a loop's body."""

    __slots__ = ("breaks", "continues")

    def __init__(self) -> None:
        self.breaks: list[Env] = []
        self.continues: list[Env] = []
