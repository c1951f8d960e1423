"""What perform really comes to is what the model says, for generated workers.

The workers are the same in every run. For others, and more of them:

    SOUNDNESS_SEED=7 SOUNDNESS_WORKERS=5000 scripts/test tests/soundness
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st

from tests.soundness.beam import CompilerBug
from tests.soundness.choices import Choices
from tests.soundness.judged import Unparsed, inferred, is_unknown, missed
from tests.soundness.modules import worker

SEED = os.environ.get("SOUNDNESS_SEED")
WORKERS = int(os.environ.get("SOUNDNESS_WORKERS", "700"))
MOST_UNKNOWN = 0.03


@st.composite
def sources(draw, **how) -> str:
    return worker(Choices(lambda count: draw(st.integers(0, count - 1))), **how)


def generated(count: int, **how):
    """Runs a test with so many sources; one that fails is shrunk."""

    def decorate(test):
        run = settings(
            max_examples=count,
            derandomize=SEED is None,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )(given(source=sources(**how))(test))
        return seed(int(SEED))(run) if SEED else run

    return decorate


def performed(beam, source: str):
    """The model of a worker, once it allows for what performing it came to."""
    try:
        model = inferred(source)
        surprises = missed(model, beam, source)
    except (CompilerBug, Unparsed):
        reject()
    assert not surprises, f"{surprises} are not among {model.outcome}\n{source}"
    return model


def test_values_are_among_the_inferred_shapes_and_few_are_unknown(beam):
    unknown: dict[str, bool] = {}

    @generated(WORKERS)
    def each(source):
        if source not in unknown:
            unknown[source] = is_unknown(performed(beam, source))

    each()
    assert len(unknown) > WORKERS / 3
    few = [source for source in unknown if unknown[source]]
    assert len(few) <= MOST_UNKNOWN * len(unknown), "\n\n".join(few)


def test_args_are_among_the_inferred_shapes(beam):
    @generated(WORKERS // 4, args=True)
    def each(source):
        performed(beam, source)

    each()


def test_without_a_branch_there_is_one_shape(beam):
    @generated(WORKERS // 4, branches=False)
    def each(source):
        model = performed(beam, source)
        assert len({alt.shape.key for alt in model.outcome}) == 1
        assert not is_unknown(model)

    each()
