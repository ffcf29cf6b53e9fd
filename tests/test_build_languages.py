"""The files that `scripts/build_languages.py` makes are the ones that it would make now."""

from __future__ import annotations

import importlib.metadata
import importlib.util

import pytest

from tests.conftest import ROOT

VERSIONS = {"opencc": "1.4.2", "pypinyin": "0.55.0"}


@pytest.mark.parametrize("name", ["wording.zh-Hant.toml", "traditional.tsv", "pinyin.tsv"])
def test_the_file_is_up_to_date(name: str) -> None:
    for package, version in VERSIONS.items():
        pytest.importorskip(package, reason="only scripts/build_languages.py needs it")
        if importlib.metadata.version(package) != version:
            pytest.skip(f"the files are made with {package} {version}")
    path = ROOT / "scripts" / "build_languages.py"
    spec = importlib.util.spec_from_file_location("build_languages", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    made = script.build()[name]
    assert (ROOT / "bot" / "data" / name).read_text(encoding="utf-8") == made
