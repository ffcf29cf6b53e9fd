"""Tests of the Bot API stand-in itself, through http.client."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.botapi import (
    ApiError,
    BadGateway,
    BotApi,
    DeliverThenDrop,
    DeliverThenHang,
    DropBeforeRead,
    Fault,
    RateLimited,
    RefuseConnections,
    ServerError,
    Unauthorized,
    html_to_plain,
)
from tests.botapi_messages import RefusedError, command_entities, parse_html

Json = dict[str, Any]
USER = 7


class Client:
    """A bot's end of the wire: one kept-alive connection, forms as PTB sends them."""

    def __init__(self, api: BotApi, timeout: float = 10) -> None:
        self.api = api
        self.connection = HTTPConnection(urlsplit(api.base_url).netloc, timeout=timeout)

    def post(self, method: str, **params: object) -> tuple[int, bytes]:
        form = {k: v if isinstance(v, str) else json.dumps(v) for k, v in params.items()}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        url = f"{urlsplit(self.api.base_url).path}{self.api.token}/{method}"
        try:
            self.connection.request("POST", url, urlencode(form), headers)
            response = self.connection.getresponse()
            return response.status, response.read()
        except (HTTPException, OSError):
            self.connection.close()  # the next call connects anew
            raise

    def ok(self, method: str, **params: object) -> Any:
        status, body = self.post(method, **params)
        assert status == 200, body.decode()
        return json.loads(body)["result"]

    def error(self, method: str, **params: object) -> str:
        status, body = self.post(method, **params)
        answer = json.loads(body)
        assert answer["ok"] is False
        assert answer["error_code"] == status
        return str(answer["description"])


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


@pytest.fixture
def new_client(api: BotApi) -> Iterator[Callable[..., Client]]:
    clients: list[Client] = []

    def new(timeout: float = 10) -> Client:
        clients.append(Client(api, timeout))
        return clients[-1]

    yield new
    for client in clients:
        client.connection.close()


@pytest.fixture
def client(new_client: Callable[..., Client]) -> Client:
    return new_client()


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


def polls(api: BotApi, count: int) -> None:
    api.wait_for("getUpdates", count, timeout=5)


# --- the wire -----------------------------------------------------------------------------------


def test_get_me_and_keep_alive(client: Client) -> None:
    assert client.ok("getMe")["id"] == 110201543
    socket = client.connection.sock
    assert client.ok("getme")["is_bot"] is True  # method names know no case
    assert client.connection.sock is socket


def test_unknown_token_and_unknown_method(api: BotApi, client: Client) -> None:
    assert client.error("sendRichMessage", text="x") == "Not Found"
    api.token = "1:other"
    client.connection.request("POST", "/bot1:wrong/getMe")
    response = client.connection.getresponse()
    assert (response.status, json.loads(response.read())["description"]) == (401, "Unauthorized")
    assert [c.status for c in api.attempts] == [404, 401]


def test_json_body_is_read_too(api: BotApi, client: Client) -> None:
    body = json.dumps({"chat_id": 7, "text": "123"})
    url = f"/bot{api.token}/sendMessage"
    client.connection.request("POST", url, body, {"Content-Type": "application/json"})
    assert client.connection.getresponse().read()
    assert api.messages(7)[0].text == "123"


# --- long polling -------------------------------------------------------------------------------


def test_poll_waits_for_an_update(
    api: BotApi, client: Client, background: ThreadPoolExecutor
) -> None:
    answer: Future[Any] = background.submit(client.ok, "getUpdates", timeout=30)
    polls(api, 1)
    assert not answer.done()
    message_id = api.send_text(USER, USER, "/start@stand_in_bot 景芝镇")
    [update] = answer.result(5)
    message = update["message"]
    assert message["message_id"] == message_id
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 19}]
    assert message["from"]["language_code"] == "zh-hans"


def test_poll_without_updates_ends_at_its_timeout(client: Client) -> None:
    assert client.ok("getUpdates", timeout=0) == []
    start = time.monotonic()
    assert client.ok("getUpdates", timeout=1) == []
    assert time.monotonic() - start >= 0.9


def test_updates_stay_until_confirmed(api: BotApi, client: Client) -> None:
    for text in "abc":
        api.send_text(USER, USER, text)
    first = client.ok("getUpdates", limit=2)
    assert [u["message"]["text"] for u in first] == ["a", "b"]
    assert client.ok("getUpdates", limit=2) == first
    assert client.ok("getWebhookInfo")["pending_update_count"] == 3
    [last] = client.ok("getUpdates", offset=first[-1]["update_id"] + 1)
    assert last["message"]["text"] == "c"
    assert client.ok("getUpdates", offset=-1) == [last]
    assert client.ok("getUpdates", offset=last["update_id"] + 1) == []
    assert client.ok("getUpdates") == []


def test_negative_offset_and_drop_pending(api: BotApi, client: Client) -> None:
    for text in "abc":
        api.send_text(USER, USER, text)
    assert [u["message"]["text"] for u in client.ok("getUpdates", offset=-2)] == ["b", "c"]
    assert len(client.ok("getUpdates")) == 2
    assert client.ok("deleteWebhook", drop_pending_updates=True) is True
    assert client.ok("getUpdates") == []


def test_second_poller_ends_the_first(
    api: BotApi, new_client: Callable[..., Client], background: ThreadPoolExecutor
) -> None:
    first = background.submit(new_client().error, "getUpdates", timeout=30)
    polls(api, 1)
    second = background.submit(new_client().ok, "getUpdates", timeout=30)
    assert first.result(5).startswith("Conflict: terminated by other getUpdates request")
    polls(api, 1)
    api.send_text(USER, USER, "a")
    assert len(second.result(5)) == 1


def test_poller_that_hung_up_is_no_conflict(api: BotApi, new_client: Callable[..., Client]) -> None:
    with pytest.raises(TimeoutError):
        new_client(0.1).post("getUpdates", timeout=30)
    api.send_text(USER, USER, "a")
    assert len(new_client().ok("getUpdates", timeout=30)) == 1
    assert {c.status for c in api.attempts} == {200}


def test_unwanted_update_types_are_withheld(api: BotApi, client: Client) -> None:
    client.ok("getUpdates", allowed_updates=["inline_query"])
    client.ok("getUpdates")  # keeps the list
    api.send_text(USER, USER, "a")
    query_id = api.inline(USER, "景芝")
    [update] = client.ok("getUpdates")
    assert update["inline_query"]["query"] == "景芝"
    assert [u["message"]["text"] for u in api.withheld] == ["a"]
    assert client.ok("answerInlineQuery", inline_query_id=query_id, results=[]) is True
    client.ok("getUpdates", allowed_updates=[])
    api.push({"message_reaction": {}})
    assert len(api.withheld) == 2


def test_close_ends_a_poll_at_once(background: ThreadPoolExecutor) -> None:
    before = set(threading.enumerate())
    with BotApi() as api:
        client = Client(api)
        poll = background.submit(client.post, "getUpdates", timeout=50)
        polls(api, 1)
        start = time.monotonic()
    assert time.monotonic() - start < 1
    with pytest.raises((HTTPException, OSError)):
        poll.result(5)
    client.connection.close()
    left = [t for t in threading.enumerate() if t not in before and "Executor" not in t.name]
    assert left == []


# --- what users do ------------------------------------------------------------------------------


def test_edits_replies_groups_and_via_bot(api: BotApi, client: Client) -> None:
    group = -1001234567890
    asked = api.send_text(group, USER, "问", chat_type="supergroup", language_code="en")
    assert api.send_text(group, USER, "改", chat_type="supergroup", edited=True) == asked
    api.send_text(group, USER, "答", chat_type="supergroup", reply_to=asked, via_bot=True, age=900)
    first, second, third = client.ok("getUpdates")
    assert first["message"]["chat"]["type"] == "supergroup"
    assert first["message"]["from"]["language_code"] == "en"
    assert second["edited_message"]["edit_date"] >= first["message"]["date"]
    assert third["message"]["reply_to_message"]["text"] == "改"
    assert third["message"]["via_bot"]["is_bot"] is True
    assert third["message"]["date"] <= time.time() - 899


def test_tap_sends_the_stored_message(api: BotApi, client: Client) -> None:
    keyboard = [[{"text": "上一页", "callback_data": "p=1"}, {"text": "源", "url": "https://a.cn"}]]
    client.ok("sendMessage", chat_id=7, text="一", reply_markup={"inline_keyboard": keyboard})
    [message] = api.messages(7)
    assert [(b.text, b.row, b.data, b.url) for b in message.buttons] == [
        ("上一页", 0, "p=1", None),
        ("源", 0, None, "https://a.cn"),
    ]
    client.ok("editMessageText", chat_id=7, message_id=message.message_id, text="二")
    query_id = api.tap(message, "上一")
    [update] = client.ok("getUpdates")
    query = update["callback_query"]
    assert (query["id"], query["data"], query["from"]["id"]) == (query_id, "p=1", 7)
    assert query["message"]["text"] == "二"
    assert client.ok("answerCallbackQuery", callback_query_id=query_id, text="好") is True
    assert "query is too old" in client.error("answerCallbackQuery", callback_query_id="1")
    with pytest.raises(LookupError, match="sends no callback query"):
        api.tap(message, 1)
    with pytest.raises(LookupError, match="0 buttons match"):
        api.tap(message, "下一页")


# --- what the bot sends -------------------------------------------------------------------------


def test_message_comes_back_whole(api: BotApi, client: Client) -> None:
    asked = api.send_text(USER, USER, "问")
    html = " <b>20 &lt; 30</b> <a href='https://a.cn/?x=1&amp;y=2'>源</a>\n"
    reply = {"message_id": asked}
    raw = client.ok("sendMessage", chat_id=7, text=html, parse_mode="HTML", reply_parameters=reply)
    assert raw["text"] == "20 < 30 源"
    assert raw["entities"] == [
        {"type": "bold", "offset": 0, "length": 7},
        {"type": "text_link", "url": "https://a.cn/?x=1&y=2", "offset": 8, "length": 1},
    ]
    assert raw["reply_to_message"]["message_id"] == asked
    [message] = api.messages(7)
    assert (message.text, message.html, message.reply_to) == (raw["text"], html.strip(), asked)
    assert api.calls("sendMessage")[0].params["reply_parameters"] == reply


def test_reply_to_a_missing_message(api: BotApi, client: Client) -> None:
    reply: Json = {"message_id": 1}
    text = client.error("sendMessage", chat_id=7, text="a", reply_parameters=reply)
    assert text == "Bad Request: message to be replied not found"
    reply["allow_sending_without_reply"] = True
    assert "reply_to_message" not in client.ok(
        "sendMessage", chat_id=7, text="a", reply_parameters=reply
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "message text is empty"),
        (" \n", "message text is empty"),
        ("<b> </b>", "message text is empty"),
        ("字" * 4097, "message is too long"),
        ("字" * 11000, "text is too long"),
        ("金额<5万", "can't parse entities: Unclosed start tag at byte offset 6"),
        ("a<br>b", 'can\'t parse entities: Unsupported start tag "br" at byte offset 1'),
        ("a < b > c", 'can\'t parse entities: Unsupported start tag "" at byte offset 2'),
        ("A&B", "can't parse entities: Malformed character reference at byte offset 1"),
        ("a&nbsp;b", "can't parse entities: Malformed character reference at byte offset 1"),
        ("<b>a", "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
        ("a</b>", "can't parse entities: Unexpected end tag at byte offset 1"),
        (
            "<b><i>a</b></i>",
            "can't parse entities: Unmatched end tag at byte offset 7, "
            'expected "</i>", found "</b>"',
        ),
        ("<span>a</span>", 'can\'t parse entities: Tag "span" must have class "tg-spoiler" '),
        ("<a href=https://a.cn>a</a>", "can't parse entities: Unexpected end of name token"),
        ('<a href="x>a</a>', "can't parse entities: Un"),
        ('<a href="?a=1&b=2">a</a>', "can't parse entities: Malformed character reference"),
    ],
)
def test_refused_texts(api: BotApi, client: Client, text: str, why: str) -> None:
    answer = client.error("sendMessage", chat_id=7, text=text, parse_mode="HTML")
    assert answer.startswith(f"Bad Request: {why}")
    assert api.messages(7) == []
    assert api.calls("sendMessage") == []
    assert api.attempts[0].description == answer


def test_length_counts_after_parsing(client: Client) -> None:
    text = "<b>" + "&lt;" * 4096 + "</b>"
    assert len(client.ok("sendMessage", chat_id=7, text=text, parse_mode="HTML")["text"]) == 4096
    assert client.ok("sendMessage", chat_id=7, text="a<b&c")["text"] == "a<b&c"


@pytest.mark.parametrize(
    ("html", "plain", "kinds"),
    [
        ("<STRONG>a</STRONG><em>b</em>", "ab", ["bold", "italic"]),
        ("<ins>a</ins><u>b</u>", "ab", ["underline", "underline"]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", ["strikethrough"] * 3),
        ('<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>', "ab", ["spoiler"] * 2),
        ("<blockquote>a</blockquote>", "a", ["blockquote"]),
        ("<blockquote expandable>a</blockquote>", "a", ["expandable_blockquote"]),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "ab", ["blockquote"]),
        ('<pre><code class="language-py">a</code></pre>', "a", ["pre"]),
        ("<code><b>a</b></code>", "a", ["code"]),
        ("<b><i>a</i></b>", "a", ["bold", "italic"]),
        ('<a href="nowhere">a</a><b></b>', "a", []),
        ("&#x27;&#39;&quot;&amp;&gt;&#128077;", "''\"&>👍", []),
    ],
)
def test_accepted_html(html: str, plain: str, kinds: list[str]) -> None:
    assert html_to_plain(html) == plain
    assert [e["type"] for e in parse_html(html).entities] == kinds


def test_entities_count_utf16_and_follow_the_trim() -> None:
    parsed = parse_html("\n <b>👍</b><i>字 </i> ")
    assert parsed.text == "👍字"
    assert [(e["offset"], e["length"]) for e in parsed.entities] == [(0, 2), (2, 1)]
    assert len(parse_html("<b>a</b>." * 101).entities) == 100
    with pytest.raises(RefusedError):
        html_to_plain("<p>a</p>")


def test_commands_in_a_text() -> None:
    assert command_entities("👍 /help 和 a/b https://a.cn/x /帮助") == [
        {"type": "bot_command", "offset": 3, "length": 5}
    ]


@pytest.mark.parametrize(
    ("button", "why"),
    [
        ({"callback_data": "景芝镇人民政府2020年政府信息公开工作年度报告"}, None),
        ({"callback_data": "景芝镇人民政府2020年政府信息公开工作年度报告1"}, "BUTTON_DATA_INVALID"),
        ({"callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"copy_text": {"text": "字" * 256}}, None),
        ({"copy_text": {"text": "字" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"copy_text": {"text": ""}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"url": "https://a.cn"}, None),
        ({"url": "nowhere"}, "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL"),
        ({"switch_inline_query": ""}, None),
        (
            {},
            "can't parse inline keyboard button: text buttons are unallowed in the inline keyboard",
        ),
    ],
)
def test_buttons(client: Client, button: Json, why: str | None) -> None:
    markup = {"inline_keyboard": [[{"text": "按", **button}]]}
    status, body = client.post("sendMessage", chat_id=7, text="a", reply_markup=markup)
    answer = json.loads(body)
    assert status == (400 if why else 200)
    assert answer.get("description") == (f"Bad Request: {why}" if why else None)


def test_edits(api: BotApi, client: Client) -> None:
    markup = {"inline_keyboard": [[{"text": "按", "callback_data": "x"}]]}
    sent = client.ok("sendMessage", chat_id=7, text="a", reply_markup=markup)
    target = {"chat_id": 7, "message_id": sent["message_id"]}
    same = client.error("editMessageText", **target, text="a", reply_markup=markup)
    assert same.startswith("Bad Request: message is not modified")
    edited = client.ok("editMessageText", **target, text="<i>b</i>", parse_mode="HTML")
    assert "reply_markup" not in edited
    client.ok("editMessageReplyMarkup", **target, reply_markup=markup)
    [message] = api.messages(7)
    assert (message.text, message.html, message.edits) == ("b", "<i>b</i>", 2)
    assert message.buttons[0].data == "x"
    assert client.error("editMessageText", **target, text="字" * 4097).endswith("MESSAGE_TOO_LONG")
    target["message_id"] = 1
    assert client.error("editMessageText", **target, text="c").endswith("message to edit not found")
    target["message_id"] = api.send_text(7, 7, "mine")
    assert client.error("editMessageText", **target, text="c").endswith("message can't be edited")
    assert client.ok("editMessageText", inline_message_id="x", text="c") is True


@pytest.mark.parametrize("kind", ["photo", "document"])
def test_uploads(api: BotApi, client: Client, kind: str) -> None:
    data = b"\r\n--edge\r\r\n\x00\xff"
    parts = [
        b'name="chat_id"\r\n\r\n7',
        b'name="caption"\r\n\r\n<b>2020</b>',
        b'name="parse_mode"\r\n\r\nHTML',
        f'name="{kind}"; filename="年报.csv"\r\nContent-Type: text/csv\r\n\r\n'.encode() + data,
    ]
    body = b"".join(b"--border\r\nContent-Disposition: form-data; " + p + b"\r\n" for p in parts)
    method = f"send{kind.capitalize()}"
    kinds = {"Content-Type": "multipart/form-data; boundary=border"}
    url = f"/bot{api.token}/{method}"
    client.connection.request("POST", url, body + b"--border--\r\n", kinds)
    raw = json.loads(client.connection.getresponse().read())["result"]
    [message] = api.messages(7)
    assert (message.text, message.html) == ("2020", "<b>2020</b>")
    assert message.file is not None
    assert (message.file.filename, message.file.data) == ("年报.csv", data)
    assert api.calls(method)[0].files[kind].content_type == "text/csv"
    part = raw[kind][0] if kind == "photo" else raw[kind]
    client.ok(method, chat_id=7, **{kind: part["file_id"]})
    assert api.messages(7)[1].file == message.file
    assert client.error(method, chat_id=7).endswith(f"there is no {kind} in the request")
    assert "wrong file identifier" in client.error(method, chat_id=7, **{kind: "x"})


def test_smaller_methods(api: BotApi, client: Client) -> None:
    asked = api.send_text(USER, USER, "问")
    eyes = [{"type": "emoji", "emoji": "👀"}]
    assert client.ok("setMessageReaction", chat_id=7, message_id=asked, reaction=eyes) is True
    eyes[0]["emoji"] = "✅"
    error = client.error("setMessageReaction", chat_id=7, message_id=asked, reaction=eyes)
    assert error == "Bad Request: REACTION_INVALID"
    assert client.ok("sendChatAction", chat_id=7, action="typing") is True
    assert "wrong parameter action" in client.error("sendChatAction", chat_id=7, action="nap")
    commands = [{"command": "help", "description": "帮助"}]
    assert client.ok("setMyCommands", commands=commands, language_code="zh") is True
    commands[0]["command"] = "帮助"
    assert client.error("setMyCommands", commands=commands) == "Bad Request: BOT_COMMAND_INVALID"
    assert client.ok("setMyDescription", description="字" * 512) is True
    assert client.error("setMyShortDescription", short_description="字" * 121)
    for method in ("deleteMyCommands", "deleteWebhook", "logOut", "close"):
        assert client.ok(method) is True
    assert client.error("sendMessage", chat_id="@nobody", text="a").endswith("chat not found")
    assert "thread not found" in client.error(
        "sendMessage", chat_id=-5, text="a", message_thread_id=1
    )


def test_inline_results_are_checked(api: BotApi, client: Client) -> None:
    query_id = api.inline(USER, "景芝")
    content = {"message_text": "<b>1</b>", "parse_mode": "HTML"}
    result = {"type": "article", "id": "1", "title": "甲", "input_message_content": content}

    def answer(*results: Json, **more: object) -> str:
        arguments = {"inline_query_id": query_id, "results": results, **more}
        status, body = client.post("answerInlineQuery", **arguments)
        return str(json.loads(body).get("description", status))

    assert answer(result) == "200"
    assert answer(result, result) == "Bad Request: RESULT_ID_DUPLICATE"
    assert answer(result, next_offset="x" * 65) == "Bad Request: NEXT_OFFSET_INVALID"
    content["message_text"] = "a<b"
    assert answer(result).startswith("Bad Request: can't parse entities")
    button = {"text": "打开", "start_parameter": "帮助"}
    assert answer(button=button) == "Bad Request: START_PARAM_INVALID"


# --- faults -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "status", "parameters"),
    [
        (RateLimited(3), 429, {"retry_after": 3}),
        (ServerError, 500, None),
        (Unauthorized(), 401, None),
        (ApiError(403, "Forbidden: bot was blocked by the user"), 403, None),
    ],
)
def test_error_faults(
    api: BotApi,
    client: Client,
    fault: Fault | type[Fault],
    status: int,
    parameters: Json | None,
) -> None:
    api.fail_next("sendMessage", fault, times=2)
    for _ in range(2):
        got, body = client.post("sendMessage", chat_id=7, text="a")
        assert (got, json.loads(body).get("parameters")) == (status, parameters)
    client.ok("getMe")
    client.ok("sendMessage", chat_id=7, text="b")
    assert [m.text for m in api.messages(7)] == ["b"]
    assert [c.status for c in api.attempts] == [status, status, 200, 200]


def test_bad_gateway_sends_html(api: BotApi, client: Client) -> None:
    api.fail_next("getMe", BadGateway())
    status, body = client.post("getMe")
    assert (status, body[:6]) == (502, b"<html>")
    client.ok("getMe")


def test_faults_queue_in_order(api: BotApi, client: Client) -> None:
    api.fail_next("getMe", BadGateway)
    api.fail_next("getMe", ServerError)
    assert [client.post("getMe")[0] for _ in range(3)] == [502, 500, 200]
    with pytest.raises(ValueError, match="no method getSomething"):
        api.fail_next("getSomething", BadGateway)


def test_drop_before_read(api: BotApi, client: Client) -> None:
    client.ok("getMe")
    api.fail_next("sendMessage", DropBeforeRead())
    with pytest.raises(ConnectionError):
        client.post("sendMessage", chat_id=7, text="a")
    assert api.messages(7) == []
    assert [(c.method, c.status) for c in api.attempts] == [("getMe", 200), ("sendMessage", 0)]
    client.ok("sendMessage", chat_id=7, text="a")


def test_deliver_then_drop(api: BotApi, client: Client) -> None:
    api.fail_next("sendMessage", DeliverThenDrop)
    with pytest.raises(HTTPException):
        client.post("sendMessage", chat_id=7, text="a")
    assert [m.text for m in api.messages(7)] == ["a"]
    assert isinstance(api.calls("sendMessage")[0].fault, DeliverThenDrop)


def test_deliver_then_hang(api: BotApi, new_client: Callable[..., Client]) -> None:
    api.fail_next("sendMessage", DeliverThenHang(30))
    with pytest.raises(TimeoutError):
        new_client(0.2).post("sendMessage", chat_id=7, text="a")
    assert [m.text for m in api.messages(7)] == ["a"]
    start = time.monotonic()
    new_client().ok("getMe")  # others are served meanwhile
    api.close()
    assert time.monotonic() - start < 1


def test_deliver_then_hang_answers_late(api: BotApi, client: Client) -> None:
    api.fail_next("sendMessage", DeliverThenHang(0.3))
    start = time.monotonic()
    client.ok("sendMessage", chat_id=7, text="a")
    assert time.monotonic() - start >= 0.3


def test_refused_connections(
    api: BotApi, new_client: Callable[..., Client], background: ThreadPoolExecutor
) -> None:
    poller, client = new_client(), new_client()
    client.ok("getMe")
    poll: Future[Any] = background.submit(poller.ok, "getUpdates", timeout=30)
    polls(api, 1)
    url = api.base_url
    api.fail_next("sendMessage", RefuseConnections(0.5))
    api.send_text(USER, USER, "问")
    assert len(poll.result(5)) == 1  # the poll in flight is still answered
    with pytest.raises((HTTPException, ConnectionError)):
        client.post("sendMessage", chat_id=7, text="a")  # the idle connection was closed
    for method in ("sendMessage", "getMe"):
        with pytest.raises(ConnectionRefusedError):
            client.post(method, chat_id=7, text="a")
    assert [c.method for c in api.attempts] == ["getMe", "getUpdates"]
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            client.ok("sendMessage", chat_id=7, text="a")
            break
        except ConnectionRefusedError:
            time.sleep(0.02)
    assert api.base_url == url
    assert [m.text for m in api.messages(7)] == ["a"]


# --- waiting ------------------------------------------------------------------------------------


def test_wait_for_counts_and_filters(
    api: BotApi, client: Client, background: ThreadPoolExecutor
) -> None:
    def is_b(call: Any) -> bool:
        return bool(call.params["text"] == "b")

    waiting = background.submit(api.wait_for, "sendMessage", 2, 5, is_b)
    client.error("sendMessage", chat_id=7, text="")
    for text in "abab":
        client.ok("sendMessage", chat_id=7, text=text)
    assert [call.params["text"] for call in waiting.result(5)] == ["b", "b"]
    assert len(api.calls("sendMessage")) == 4
    assert len(api.attempts) == 5
    with pytest.raises(TimeoutError, match="4 of 5 calls of sendMessage within 0 s"):
        api.wait_for("sendMessage", 5, timeout=0)


def test_many_clients_at_once(
    api: BotApi, new_client: Callable[..., Client], background: ThreadPoolExecutor
) -> None:
    def send(client: Client) -> None:
        for number in range(20):
            client.ok("sendMessage", chat_id=7, text=str(number))

    for done in [background.submit(send, new_client()) for _ in range(8)]:
        done.result(20)
    ids = [m.message_id for m in api.messages(7)]
    assert len(set(ids)) == 160
    assert ids == sorted(ids)
