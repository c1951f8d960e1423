"""Control flow: case, cond, if, with, for, receive, try, raise and throw."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.asked import (
    behind,
    condition_words,
    counts,
    is_given,
    item_words,
    polarity,
)  # fmt: skip
from checker.elixir.fields import pairs_of, poured
from checker.elixir.json_values import dead_atoms
from checker.elixir.patterns import ANY
from checker.elixir.scope import Env, Scope
from checker.elixir.subject import (
    Subject,
    binds,
    body_of,
    called_words,
    is_absence,
    pattern_words,
    steps_of,
)  # fmt: skip
from checker.elixir.widening import covers, widen
from checker.model.shape import (
    NEVER,
    NIL,
    Alt,
    Args,
    Int,
    Map,
    Opaque,
    Origin,
    Seq,
    Struct,
    Text,
    Tup,
    Unknown,
    Value,
    join,
    of,
    one,
)  # fmt: skip
from checker.model.worker import Condition

MOST_ROUNDS = 8
FIRST_WIDENED = 2


class Constructs:
    """The part of the interpreter that follows branches."""

    # -- conditions on the way ---------------------------------------------------

    def under(
        self, scope: Scope, node, names, steps: tuple, absent: bool, counted: bool = False
    ) -> Scope:
        """The scope of what runs because a condition went one way."""
        condition = Condition(node.span, frozenset(names), steps, absent, counted, scope.loop)
        return scope.with_(conditions=(*scope.conditions, condition))

    def ask(self, node: syntax.Node, env: Env, scope: Scope) -> tuple:
        """`branch`, with what the condition asks: (holds, fails, words, calls)."""
        before, self._asked = self._asked, []
        holds, fails = self.branch(node, env, scope)
        values, self._asked = self._asked, before
        names, steps = behind(join(*values), scope)
        names |= condition_words(node, env)
        steps = (*steps, *self._steps_inside(node))
        return holds, fails, names, tuple(dict.fromkeys(steps))

    def _steps_inside(self, node: syntax.Node) -> list:
        start, end = node.span
        return [s for s in self.steps.values() if start <= s.span[0] and s.span[1] <= end]

    # -- if, unless, cond ----------------------------------------------------------

    def do_if(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        test = node.args[0] if node.args else syntax.Bad(node.span)
        holds, fails, names, steps = self.ask(test, env, scope)
        there = polarity(test)
        if node.name == "unless":
            holds, fails, there = fails, holds, -there
        counted = counts(test)
        found, branches = [], []
        if holds is not None:
            inner = self.under(scope, test, names, steps, there < 0, counted)
            found.append(self.body(node.blocks.get("do") or _empty(node), holds, inner))
            branches.append(holds)
        if fails is not None:
            inner = self.under(scope, test, names, steps, there > 0, counted)
            if "else" in node.blocks:
                found.append(self.body(node.blocks["else"], fails, inner))
            else:
                found.append(one(NIL, self.origin(node, inner, implicit=node.name)))
            branches.append(fails)
        env.merge(*branches)
        self._keep_bindings(test, env, branches)
        return join(*found)

    def _keep_bindings(self, condition: syntax.Node, env: Env, branches: list[Env]) -> None:
        """`if user = find()` binds `user` for what follows too."""
        for inner in syntax.walk(condition):
            if isinstance(inner, syntax.Match) and isinstance(inner.pattern, syntax.Var):
                name = inner.pattern.name
                values = [b.vars[name] for b in branches if name in b.vars]
                if values:
                    env.vars[name] = join(*values)
                    env.bindings += 1

    def do_cond(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        clauses = node.blocks.get("do")
        if not isinstance(clauses, list):
            return self.unknown(node, scope)
        found, branches = [], []
        current: Env | None = env.copy()
        names: set[str] = set()
        steps: tuple = ()
        absent = False
        for clause in clauses:
            if current is None or not clause.params:
                break
            test = clause.params[0]
            holds, fails, asked, more = self.ask(test, current, scope)
            names, steps = names | asked, (*steps, *more)
            if holds is not None:
                gone = absent or polarity(test) < 0
                inner = self.under(scope, test, names, steps, gone, counts(test))
                found.append(self.eval(clause.body, holds, inner))
                branches.append(holds)
            absent = absent or polarity(test) > 0
            current = fails
        if current is not None:
            self.may_raise(node.span, scope)
        env.merge(*branches)
        return join(*found)

    # -- case and with -------------------------------------------------------------

    def do_case(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        clauses = node.blocks.get("do")
        if not isinstance(clauses, list) or not node.args:
            return self.unknown(node, scope)
        looked_at = node.args[0]
        value = self.eval(looked_at, env, scope)
        if not value:
            return NEVER
        variable = looked_at.name if isinstance(looked_at, syntax.Var) else None
        subject = Subject(set(condition_words(looked_at, env)), steps_of(value), variable)
        rows = [(c.params, c.guard, body_of(c), c) for c in clauses]
        tried = tuple(Alt(Tup(((alt,),)), alt.origin) for alt in value)
        patterns = [param for clause in clauses for param in clause.params]
        for pattern, name in dead_atoms(patterns, value, scope.resolve):
            self.record_atom_value(pattern, [name], scope)
        return self.choose_from(rows, tried, env.vars, env, scope, subject)

    def do_with(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        own = env.copy()
        leaks: list[tuple[Value, syntax.Node]] = []
        inner: Scope | None = scope
        for step in node.args:
            inner = self._with_step(step, own, inner, leaks, node)
            if inner is None:
                break
        value = NEVER
        if inner is not None:
            value = self.body(node.blocks.get("do") or _empty(node), own, inner)
        leaked = self._leaked(node, leaks, env, scope)
        env.merge(own)
        return join(value, leaked)

    def _with_step(
        self, step: syntax.Node, own: Env, scope: Scope, leaks: list, node: syntax.Call
    ) -> Scope | None:
        """Evaluate one clause; None when nothing can get past it."""
        if not isinstance(step, syntax.Op) or step.op != "<-":
            if isinstance(step, syntax.List):  # options that are no clauses
                return scope
            return scope if self.eval(step, own, scope) else None
        pattern, guard = step.left, None
        if isinstance(pattern, syntax.Op) and pattern.op == "when":
            pattern, guard = pattern.left, pattern.right
        value = self.eval(step.right, own, scope)
        if not value:
            return None
        for atom, name in dead_atoms([pattern], value, scope.resolve):
            self.record_atom_value(atom, [name], scope)
        matcher = self.matcher(scope, own)
        yes, no = matcher.split(pattern, value)
        steps = steps_of(value)
        for asked in steps:
            asked.matches.append(self.match_record(pattern, guard, yes))
        if yes:
            matcher.bind(pattern, yes, own.vars)
            if guard is not None:
                holds, fails = self.guard(guard, own, scope)
                if fails is not None:
                    no = join(no, matcher.rebuild(pattern, yes, fails.vars))
                if holds is None:
                    yes = NEVER
                else:
                    own.vars = holds.vars
        if isinstance(step.right, syntax.Var) and yes and not binds(pattern, step.right.name):
            own.vars[step.right.name] = yes
        if no:
            leaks.append((no, step))
        if not yes:
            return None
        names, asked = behind(yes, scope)
        names |= condition_words(step.right, own)
        if not is_given(yes):
            names |= pattern_words([pattern], guard)
        return self.under(scope, step, names, (*asked, *steps), is_absence(pattern),
                          counts(pattern, guard or ()))  # fmt: skip

    def _leaked(self, node: syntax.Call, leaks: list, env: Env, scope: Scope) -> Value:
        """What falls through when a clause does not match: as it is, or through `else`."""
        if not leaks:
            return NEVER
        value = join(*(leak for leak, _step in leaks))
        clauses = node.blocks.get("else")
        if isinstance(clauses, list):
            rows = [(c.params, c.guard, body_of(c), c) for c in clauses]
            words = set().union(*(condition_words(step.right, env) for _leak, step in leaks))
            tried = tuple(Alt(Tup(((alt,),)), alt.origin) for alt in value)
            subject = Subject(words, steps_of(value))
            return self.choose_from(rows, tried, env.vars, env, scope, subject, "else")
        return join(tuple(Alt(alt.shape, self._leak_origin(alt, node, scope)) for alt in value))

    def _leak_origin(self, alt: Alt, node: syntax.Call, scope: Scope) -> Origin:
        origin = alt.origin
        start, end = node.span
        here = origin.span is not None and start <= origin.span[0] < end
        if origin.literal and not origin.implicit and not here:
            return origin
        leak = Origin(
            node.span, scope.function, origin.call, origin.step, "with", scope.handler,
            source=origin,
        )  # fmt: skip
        leak.words, leak.conditions = origin.words, origin.conditions
        return leak

    # -- receive, try, for -------------------------------------------------------------

    def do_receive(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        found = []
        clauses = node.blocks.get("do")
        if isinstance(clauses, list):
            rows = [(c.params, c.guard, body_of(c), c) for c in clauses]
            message = one(Tup((ANY,)))
            found.append(self.choose_from(rows, message, env.vars, env, scope, waits=True))
        after = node.blocks.get("after")
        for clause in after if isinstance(after, list) else ():
            own = env.copy()
            found.append(self.eval(clause.body, own, scope))
            env.merge(own)
        return join(*found)

    def do_try(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        if "do" not in node.blocks:
            return self.unknown(node, scope)
        return self.attempt(node.blocks, node, env, scope)

    def do_for(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        own = env.copy()
        inner = scope.with_(loop=True)
        options: syntax.List | None = None
        runs = True
        for part in node.args:
            if isinstance(part, syntax.List) and part is node.args[-1] and len(node.args) > 1:
                options = part
            elif isinstance(part, syntax.Op) and part.op == "<-":
                chosen = self._generate(part, own, inner)
                runs = chosen is not None and runs
                inner = self.under(inner, part, chosen or (), (), False)
            elif isinstance(part, syntax.Match):
                runs = bool(self.eval(part, own, inner)) and runs
            elif not isinstance(part, syntax.Bits):
                holds, _fails, names, steps = self.ask(part, own, inner)
                runs = holds is not None and runs
                if holds is not None:
                    inner = self.under(inner, part, names, steps, polarity(part) < 0)
                    own.vars = holds.vars
        value = self._collected(node, options, env, own, inner, runs)
        env.merge(own)
        return value

    def _generate(self, part: syntax.Op, own: Env, scope: Scope) -> frozenset[str] | None:
        """Bind a generator's pattern to an element; what chose the items, None for no items."""
        items = self.eval(part.right, own, scope)
        element = element_of(items)
        pattern, guard = part.left, None
        if isinstance(pattern, syntax.Op) and pattern.op == "when":
            pattern, guard = pattern.left, pattern.right
        matcher = self.matcher(scope, own)
        yes, _no = matcher.split(pattern, element)
        if not yes:
            return None
        matcher.bind(pattern, yes, own.vars)
        if guard is not None:
            holds, _fails = self.guard(guard, own, scope)
            if holds is None:
                return None
            own.vars = holds.vars
        return item_words(part.right, items) | pattern_words([pattern], guard)

    def _collected(self, node, options, env: Env, own: Env, scope: Scope, runs: bool) -> Value:
        into = option_node(options, "into")
        reduce = option_node(options, "reduce")
        block = node.blocks.get("do") or _empty(node)
        if reduce is not None:
            return self._reduced(self.eval(reduce, env, scope), block, own, scope, runs)
        value = self.body(block, own, scope) if runs else NEVER
        origin = self.origin(node, scope, literal=True)
        origin.words = called_words(node)
        if into is not None:
            shapes = [poured(alt.shape, value) for alt in self.eval(into, env, scope)]
            if None in shapes:
                return self.unknown(node, scope)
            return join(*(one(shape, origin) for shape in shapes))
        return one(Seq(None, value) if value else Seq(()), origin)

    def _reduced(self, result: Value, block, own: Env, scope: Scope, runs: bool) -> Value:
        if not runs or not isinstance(block, list):
            return result
        rows = [(c.params, c.guard, body_of(c), c) for c in block]
        return self.repeat(result, lambda acc: self.choose(rows, [acc], own.vars, own, scope))

    def repeat(self, start: Value, once) -> Value:
        """The value of an accumulator after any number of rounds."""
        result = start
        for number in range(MOST_ROUNDS):
            value = once(result)
            if covers(result, value):
                return join(result, value)
            result = join(result, value)
            if number >= FIRST_WIDENED:
                result = widen(result)
        return join(result, of(Unknown()))

    # -- raise, throw, exit ------------------------------------------------------------

    def do_raise(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        self.eval_all(node.args, env, scope)
        self.may_raise(node.span, scope)
        return NEVER

    def do_throw(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        values = self.eval_all(node.args, env, scope)
        if not values:
            return NEVER
        return self.throw(node.name, node, values[0], scope)

    def do_then(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        values = self.eval_all(node.args, env, scope)
        if values is None or len(values) != 2:
            return NEVER if values is None else self.unknown(node, scope)
        return self.call_value(values[1], [values[0]], env, scope, node)

    def do_tap(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        values = self.eval_all(node.args, env, scope)
        if values is None or len(values) != 2:
            return NEVER if values is None else self.unknown(node, scope)
        result = self.call_value(values[1], [values[0]], env, scope, node)
        self.dropped(node, result, scope, ending=values[0])
        if not result:
            return NEVER
        return tuple(  # in a pipe, the last step is where the value is
            alt
            if alt.origin.literal
            else Alt(
                alt.shape, self.origin(node, scope, call=alt.origin.call, step=alt.origin.step)
            )
            for alt in values[0]
        )

    def do_dbg(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        values = self.eval_all(node.args, env, scope)
        return values[0] if values else self.unknown(node, scope)

    def do_quote(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        return self.unknown(node, scope)

    def do_alias(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        return self.unknown(node, scope)


def element_of(value: Value) -> Value:
    """What one item of a collection looks like; empty when there are none."""
    found = []
    for alt in value:
        shape = alt.shape
        if isinstance(shape, Seq):
            found.append(shape.element)
        elif isinstance(shape, Opaque) and shape.kind == "stream":
            found.append(shape.element or ANY)
        elif isinstance(shape, Struct) and shape.name == "Range":
            found.append(of(Int()))
        elif isinstance(shape, Args):
            found.append(of(Tup((of(Text()), of(Unknown(from_args=True))))))
        elif isinstance(shape, Unknown) and shape.from_args:
            found.append(of(Unknown(from_args=True)))
        elif isinstance(shape, Map):
            found.append(pairs_of(shape))
        else:
            found.append(ANY)
    return join(*found)


def option_node(options: syntax.List | None, name: str) -> syntax.Node | None:
    for item in options.items if options is not None else ():
        if isinstance(item, syntax.Tuple) and len(item.items) == 2:
            key = item.items[0]
            if isinstance(key, syntax.Atom) and key.name == name:
                return item.items[1]
    return None


def _empty(node: syntax.Call) -> syntax.Block:
    return syntax.Block(node.span, [])
