"""Stores that several test modules share: examples, twelve towns, the real reports if there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from ingest.running.files import plan_ingest
from ingest.running.run import ingest_inputs
from knowledge.store import Store, open_for_reading, open_for_writing
from tests.twelve_towns import build_twelve

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples" / "reports"
SHARED = ROOT.parent / "shared"
SEEDS = SHARED / "seeds"

settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def build_store(folder: Path, path: Path) -> Path:
    """A store of all reports of a folder; fails if one is rejected."""
    with open_for_writing(path) as store:
        results = list(ingest_inputs(store, plan_ingest([folder], None).inputs))
    assert results
    assert all(result.outcome == "stored" for result in results), results
    return path


@pytest.fixture(scope="session")
def examples_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_store(EXAMPLES, tmp_path_factory.mktemp("examples") / "examples.db")


@pytest.fixture(scope="session")
def examples(examples_path: Path) -> Iterator[Store]:
    with open_for_reading(examples_path) as store:
        yield store


@pytest.fixture(scope="session")
def seeds_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not SEEDS.is_dir():
        pytest.skip(f"the real reports are not beside the project ({SEEDS})")
    return build_store(SEEDS, tmp_path_factory.mktemp("seeds") / "seeds.db")


@pytest.fixture(scope="session")
def seeds(seeds_path: Path) -> Iterator[Store]:
    with open_for_reading(seeds_path) as store:
        yield store


@pytest.fixture(scope="session")
def twelve_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("twelve")
    return build_twelve(folder / "reports", folder / "twelve.db")


@pytest.fixture(scope="session")
def twelve(twelve_path: Path) -> Iterator[Store]:
    """Twelve made-up towns over six years; see `cases/twelve_towns/README.md`."""
    with open_for_reading(twelve_path) as store:
        yield store
