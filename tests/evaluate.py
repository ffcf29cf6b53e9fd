"""The score of the question cases: `make eval`.

Over the five real reports where they lie beside the project, else over their transcriptions.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from bot.conversation.assistant import Assistant
from bot.conversation.dialogue import Dialogue
from ingest.running.files import plan_ingest
from ingest.running.run import ingest_inputs
from knowledge.store import open_for_reading, open_for_writing
from tests.question_cases import QuestionCase, judge, load_cases, load_conversations
from tests.twelve_towns import build_twelve

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
EXAMPLES = Path(__file__).parents[1] / "examples" / "reports"
OUTCOMES = ("right", "asked back", "refused", "other refusal", "wrong")


def main() -> int:
    """Prints every case that is not right and a line a group; status 1 if any is wrong.

    Files written blind (`blind*`) are counted apart. Arguments: a pattern of file names, and
    `-q` for the table alone.
    """
    quiet = "-q" in sys.argv
    patterns = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    pattern = patterns[0] if patterns else "*.toml"
    scores: dict[tuple[str, str], Counter[str]] = {}
    failures: list[tuple[str, str, str, str]] = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        stores = {
            name: stack.enter_context(open_for_reading(path))
            for name, path in _build(Path(folder)).items()
        }

        def count(case: QuestionCase, half: str, outcome: str, detail: str) -> None:
            group = case.group if case.status == "answered" else f"{case.group} (no figure)"
            scores.setdefault((half, group), Counter())[outcome] += 1
            if outcome != "right":
                failures.append((outcome, case.name, case.wording, detail))

        for case in load_cases(pattern):
            assistant = Assistant(stores[case.store], partial(getattr, case, "today"))
            half = "blind" if case.file.startswith("blind") else "seen"
            count(case, half, *judge(case, assistant.ask(case.wording).data))
        for talk in load_conversations(pattern):
            half = "blind" if talk.file.startswith("blind") else "seen"
            assistant = Assistant(stores[talk.store], partial(getattr, talk.turns[0], "today"))
            dialogue = Dialogue(assistant)
            for turn in talk.turns:
                outcome, detail = judge(turn, dialogue.say(turn.wording).data)
                count(replace(turn, group="conversations"), half, outcome, detail)
    if not quiet:
        for outcome, name, wording, detail in failures:
            print(f"{outcome:14} {name}: {wording[:60]}  ->  {detail}".replace("\n", " "))
        print()
    _print_table(scores)
    return 1 if any(outcome == "wrong" for outcome, *_ in failures) else 0


def _build(folder: Path) -> dict[str, Path]:
    """The stores of the benchmark: the five reports, and twelve towns over six years."""
    reports = SEEDS if SEEDS.is_dir() else EXAMPLES
    print(f"the five reports: {reports.parent.name}/{reports.name}")
    five = folder / "five.db"
    with open_for_writing(five) as store:
        list(ingest_inputs(store, plan_ingest([reports], None).inputs))
    return {"five": five, "twelve": build_twelve(folder / "twelve", folder / "twelve.db")}


def _print_table(scores: dict[tuple[str, str], Counter[str]]) -> None:
    print(f"{'group':42}" + "".join(f"{name:>15}" for name in OUTCOMES))
    for half in ("seen", "blind"):
        total: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
        for (own, group), counted in sorted(scores.items()):
            if own == half:
                total["(no figure)" in group] += counted
                print(f"{half + ' ' + group:42}" + _columns(counted))
        for without, counted in total.items():
            if counted:
                name = "must get no figure" if without else "must be answered"
                print(f"{'= ' + half + ', ' + name:42}" + _columns(counted) + _percent(counted))


def _columns(counted: Counter[str]) -> str:
    return "".join(f"{counted[name]:15}" for name in OUTCOMES)


def _percent(counted: Counter[str]) -> str:
    right = counted["right"] + counted["other refusal"]
    return f"   {right * 100 / counted.total():.1f} % right"


if __name__ == "__main__":
    sys.exit(main())
