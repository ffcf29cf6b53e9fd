"""What a conversation keeps between two messages, and for how long."""

from __future__ import annotations

from datetime import date

from bot.conversation.assistant import Assistant
from bot.conversation.dialogue import MINUTES, Dialogue, Memory
from bot.understanding.interpretation import Choice
from bot.understanding.spoken_of import Context
from knowledge.model import Entity
from knowledge.store import Store

TODAY = date(2025, 3, 10)
TOWN = Entity("海明街道", "吉林省/白城市/洮北区")


def test_what_is_kept_is_read_back_whole() -> None:
    first = Context("海明街道历年申请几件", (TOWN,), (2022, 2023))
    missed, found = ("今天天气怎么样",), (TOWN, 2023)
    last = Context("海明街道哪年申请最多", (TOWN,), (2022, 2023), (first,), missed, found)
    offered = (Choice("平安镇（洮北区）", "平安镇几件"),)
    memory = Memory(last, offered, 5.0, True, "处罚几件", unread=True, lost="2023年全部几件")
    assert Memory.load(memory.dump()) == memory


def test_what_an_older_version_kept_is_read_too() -> None:
    text = '{"at": 1, "offered": [], "spoken": [{"question": "q", "entities": [], "years": []}]}'
    assert Memory.load(text) == Memory(Context("q"), (), 1.0)
    assert Memory.load("no JSON") == Memory()


def test_a_conversation_goes_on_after_a_restart(twelve: Store) -> None:
    now = [1000.0]
    assistant = Assistant(twelve, lambda: TODAY)
    dialogue = Dialogue(assistant, clock=lambda: now[0])
    dialogue.say("湟源县城关镇历年收到多少申请")
    dialogue.say("最高的是哪年")
    again = Dialogue(assistant, Memory.load(dialogue.memory.dump()), clock=lambda: now[0])
    assert "22 件" in again.say("那年自然人几件").text


def test_the_question_asked_back_is_forgotten_in_time(twelve: Store) -> None:
    now = [1000.0]
    dialogue = Dialogue(Assistant(twelve, lambda: TODAY), clock=lambda: now[0])
    assert dialogue.say("2022年处罚几件").status == "clarify"
    now[0] += MINUTES * 60 + 1
    assert "2022 年" not in dialogue.say("平安镇").text


def test_a_town_answers_to_what_was_offered_in_its_year(twelve: Store) -> None:
    dialogue = Dialogue(Assistant(twelve, lambda: TODAY))
    dialogue.say("平安镇2022年申请几件")
    dialogue.say("我又不是问2021年")
    assert dialogue.say("处罚呢").status == "clarify"
    assert "平安镇 2021 年行政处罚" in dialogue.say("平安镇").text


def test_yes_takes_no_choice_of_a_conversation_that_is_past(twelve: Store) -> None:
    now = [1000.0]
    dialogue = Dialogue(Assistant(twelve, lambda: TODAY), clock=lambda: now[0])
    dialogue.say("平安镇2022年申请几件")
    dialogue.say("大沟呢")
    assert dialogue.say("处罚呢").status == "clarify"
    now[0] += MINUTES * 60 + 1
    assert dialogue.say("对").status != "answered"
