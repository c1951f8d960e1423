"""Writes patterns and guards for values of a kind (see bodies)."""

from __future__ import annotations

from tests.soundness.choices import Choices

GUARDS = {
    "int": ("{} > 1", "{} == 0", "{} in 0..3", "is_integer({})", "{} >= 2 and {} < 10", "{} != 1",
            "rem({}, 2) == 0", "{} in [1, 2]", "not ({} > 2)", "{} < 2 or {} == 10", "1 < {}"),
    "text": ('{} == "a"', "is_binary({})", "byte_size({}) > 1", '{} != ""', '{} in ["a", "b"]'),
    "bool": ("{}", "not {}", "{} == true", "is_boolean({})"),
    "atom": ("{} == :ok", "{} in [:gone, :timeout]", "is_nil({})", "is_atom({})", "not is_nil({})",
             "{} != :error", "{} not in [:a, :b, nil]"),
    "map": ("map_size({}) > 3", "is_map({})", "{}.n > 1", "is_map_key({}, :n)"),
    "list": ("length({}) > 1", "{} == []", "{} != []", "is_list({})", "hd({}) == 1"),
    "pair": ("is_tuple({})", "elem({}, 0) == :ok", "tuple_size({}) == 2"),
    "result": ("is_tuple({})", "is_atom({})", "{} == :ok", "{} == {{:error, :gone}}",
               "{} != nil", "is_tuple({}) and elem({}, 0) == :error", "{} in [:ok, :error]",
               "not is_nil({})", "is_nil({})", "is_binary({}) or is_list({})"),
    "keyword": ("{} == []", "is_list({})", "length({}) == 1"),
    "any": ("is_atom({})", "is_integer({})", "is_binary({})", "is_tuple({})", "{} == :ok",
            "{} == nil", "is_list({}) or is_map({})", "{} == 1", "is_exception({})",
            "not is_atom({})", "{} in [nil, :gone, 1]", "{} > 1"),
}  # fmt: skip


class Patterns:
    """`pattern` adds the variables that it binds, with their kinds, to `bound`."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.below, self.pick, self.chance = choices.below, choices.pick, choices.chance
        self.names = 0

    def fresh(self) -> str:
        self.names += 1
        return f"v{self.names}"

    # -- guards -------------------------------------------------------------------

    def guard(self, scope: dict, only: dict | None = None) -> str:
        """A test that may stand in a guard, of variables in scope (best of `only`)."""
        names = list(only or scope)
        test = self._test(scope, self.pick(names)) if names else "true"
        if names and self.chance(25):
            test = f"{test} {self.pick(('and', 'or'))} {self._test(scope, self.pick(names))}"
        return test

    def _test(self, scope: dict, name: str) -> str:
        kind = scope[name]
        tests = GUARDS[kind[0] if isinstance(kind, tuple) else kind]
        alike = [other for other, known in scope.items() if known == kind and other != name]
        if alike and self.chance(15):
            return f"{name} {self.pick(('==', '!='))} {self.pick(alike)}"
        return self.pick(tests).format(name, name)

    # -- patterns -----------------------------------------------------------------

    def pattern(self, kind: object, bound: dict, scope: dict, depth: int = 2) -> str:
        pinned = [name for name, known in scope.items() if known == kind and name not in bound]
        ways = [self._variable, self._variable, self._own_pattern, self._own_pattern]
        if depth > 0:
            ways += [self._own_pattern] * 4
        if pinned and self.chance(20):
            return f"^{self.pick(pinned)}"
        if depth > 1 and self.chance(12):
            name = self.fresh()
            inner = self._own_pattern(kind, bound, scope, depth)
            bound[name] = kind
            return self.pick((f"{inner} = {name}", f"{name} = {inner}"))
        return self.pick(ways)(kind, bound, scope, depth)

    def _variable(self, kind: object, bound: dict, scope: dict, depth: int) -> str:
        same = [name for name, known in bound.items() if known == kind]
        if same and self.chance(30):
            return self.pick(same)
        if self.chance(25):
            return self.pick(("_", "_ignored"))
        others = [name for name in scope if name not in bound]
        name = self.pick(others) if others and self.chance(12) else self.fresh()
        bound[name] = kind
        return name

    def _own_pattern(self, kind: object, bound: dict, scope: dict, depth: int) -> str:
        name = kind[0] if isinstance(kind, tuple) else kind
        ways = getattr(self, f"_{name}_patterns")(kind)
        return self._filled_pattern(self.pick(ways), bound, scope, depth - 1)

    def _filled_pattern(self, template: tuple, bound: dict, scope: dict, depth: int) -> str:
        text, *kinds = template
        if depth < 0:
            return text.format(*("_" for _ in kinds))
        return text.format(*(self.pattern(kind, bound, scope, depth) for kind in kinds))

    def _int_patterns(self, kind: object) -> tuple:
        return (("0",), ("1",), ("2",), ("-1",))

    def _text_patterns(self, kind: object) -> tuple:
        if self.chance(30):
            return (self._prefix("text"),)
        return (('"a"',), ('""',), ('"gone"',), ("<<{}, _::binary>>", "int"))

    def _prefix(self, kind: object) -> tuple:
        return self.pick((('"a" <> _',), ('"n" <> _rest',)))

    def _bool_patterns(self, kind: object) -> tuple:
        return (("true",), ("false",))

    def _atom_patterns(self, kind: object) -> tuple:
        return ((":ok",), (":error",), (":gone",), ("nil",), (":a",))

    def _map_patterns(self, kind: object) -> tuple:
        return (
            ("%{{n: {}}}", "int"), ("%{{r: {}, s: {}}}", "result", "text"), ("%{{}}",),
            ("%{{s: {}, n: 1}}", "text"), ("%{{r: {}}}", "result"), ("%{{zz: _}}",),
        )  # fmt: skip

    def _list_patterns(self, kind: object) -> tuple:
        of = kind[1]
        return (
            ("[]",), ("[{} | {}]", of, kind), ("[{}]", of), ("[{}, {} | {}]", of, of, kind),
            ("[_ | _]",), ("[{}, {}]", of, of),
        )  # fmt: skip

    def _pair_patterns(self, kind: object) -> tuple:
        return (("{{{}, {}}}", kind[1], kind[2]), ("{{{}, {}}}", kind[1], kind[2]), ("{{_, _}}",))

    def _result_patterns(self, kind: object) -> tuple:
        return (
            (":ok",), ("{{:ok, {}}}", "any"), ("{{:error, {}}}", "any"), ("nil",),
            ("{{{}, {}}}", "atom", "any"), ("{{:error, :gone}}",), ("{{:error, {}}}", "atom"),
            ("{{:snooze, {}}}", "int"), ("{{:ok, {}}}", "int"), ("{{_, _, _}}",), ("[]",),
            (":error",), ("{{:error, %{{code: {}}}}}", "int"), ("{{:cancel, {}}}", "any"),
            ("%{{}}",), ("{{:ok, {{:error, {}}}}}", "any"),
        )  # fmt: skip

    def _keyword_patterns(self, kind: object) -> tuple:
        return (("[]",), ("[{{:n, {}}} | _]", "any"), ("[n: {}]", "any"), ("[_ | {}]", "keyword"))

    def _any_patterns(self, kind: object) -> tuple:
        return ((":ok",), ("nil",), ("1",), ('"a"',), ("{{{}, {}}}", "any", "any"), ("[]",),
                ("[{} | _]", "any"), ("%{{}}",), (":gone",), ("{{:error, {}}}", "any"),
                ('"a" <> _',), ("%{{n: {}}}", "any"), ("{{:http, {}}}", "int"))  # fmt: skip
