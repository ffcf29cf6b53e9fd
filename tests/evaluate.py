"""The score of the question cases: `make eval`.

Over the five real reports where they lie beside the project, else over their transcriptions.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

from bot.assistant import Assistant
from ingest.running.files import plan_ingest
from ingest.running.run import ingest_inputs
from knowledge.store import open_for_reading, open_for_writing
from tests.question_cases import QuestionCase, judge, load_cases

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
EXAMPLES = Path(__file__).parents[1] / "examples" / "reports"
OUTCOMES = ("right", "asked back", "refused", "other refusal", "wrong")


def main() -> int:
    """Prints a line a file and every case that is not right; status 1 if any is wrong."""
    reports = SEEDS if SEEDS.is_dir() else EXAMPLES
    print(f"reports: {reports.parent.name}/{reports.name}")
    scores: dict[str, Counter[str]] = {}
    failures: list[tuple[QuestionCase, str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "eval.db"
        with open_for_writing(path) as store:
            list(ingest_inputs(store, plan_ingest([reports], None).inputs))
        with open_for_reading(path) as store:
            for case in load_cases(sys.argv[1] if len(sys.argv) > 1 else "*.toml"):
                assistant = Assistant(store, partial(getattr, case, "today"))
                outcome, detail = judge(case, assistant.ask(case.wording).data)
                group = f"{case.file} {'answer' if case.status == 'answered' else 'no figure'}"
                scores.setdefault(group, Counter())[outcome] += 1
                if outcome != "right":
                    failures.append((case, outcome, detail))
    for case, outcome, detail in failures:
        print(f"{outcome:14} {case.name}: {case.wording[:60]}  ->  {detail}".replace("\n", " "))
    print()
    print(f"{'group':36}" + "".join(f"{name:>15}" for name in OUTCOMES))
    for group, counted in scores.items():
        print(f"{group:36}" + "".join(f"{counted[name]:15}" for name in OUTCOMES))
    return 1 if any(outcome == "wrong" for _, outcome, _ in failures) else 0


if __name__ == "__main__":
    sys.exit(main())
