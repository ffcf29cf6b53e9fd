"""Applications for a review or a lawsuit, which are no requests for information.

Under a heading on reviews and lawsuits an 申请 that does not say of what (2014年受理申请2件) may
be either, and so it is behind a sentence about them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.catalogue import Statement

_DISPUTE = re.compile("复议|诉讼|应诉|仲裁")
_COMPLAINT = re.compile(_DISPUTE.pattern + "|举报|申诉|信访")
_APPLIES_FOR_REVIEW = re.compile(
    r"因[^,。;]{0,24}?(?=复议|诉讼|被)|(?:公开|依)?(?:被)?(?:申请|提起|提出)(?:的)?(?=行政复议|行政诉讼|复议|诉讼)"
)
_REQUEST = re.compile("公开申请|申请公开|依申请|申请信息公开|收到和处理|申请办理|申请处理")
_BOTH = re.compile(
    "(?:公开申请|申请公开|依申请公开|依申请)[^因,。;]{0,12}(?:情况|办理|处理|、|及|和|与)[^因,。;]{0,10}(?:复议|诉讼|举报|申诉)"
)
_SOMEBODY_ASKED = re.compile("收到|接到|接收|受理|提出|提交|发生|出现|申请人|公开申请|[函信]$")
_PAPERS = re.compile(
    "(?:公文|文件|发文|主动公开|公开信息|政府信息)(?![^,。;]{0,6}申请)[^,。;]{0,10}\\d"
)
_IS_ONE = re.compile(r"[^\w]*(?:均|都|全部)?(?:为|是|系|属)于?[^,。;]{0,12}(?:复议|诉讼)")


def is_of_a_review(statement: Statement, words: str, said: str, topics: Sequence[str]) -> bool:
    """Whether a clause that counts applications and does not say that they are for information
    stands where reviews and lawsuits are spoken of.

    `words` is the clause, `said` its paragraph up to it, `topics` the headings above that, the
    nearest last; all folded.

    >>> from knowledge.catalogue import load_catalogue
    >>> received = load_catalogue().statements["narrative.applications_received"]
    >>> is_of_a_review(received, "共收到申请2件", "", ("四、行政复议、行政诉讼情况",))
    True
    >>> is_of_a_review(received, "共收到申请2件", "", ("三、依申请公开情况",))
    False
    """
    if statement.family != "applications" or "公开" in words or "依申请" in words:
        return False
    if (told := _speaks_of_disputes(said + words, _DISPUTE)) is not None:
        return told
    for topic in reversed(topics):
        if (told := _speaks_of_disputes(topic, _COMPLAINT)) is not None:
            return told
    return False


def _speaks_of_disputes(text: str, dispute: re.Pattern[str]) -> bool | None:
    """Whether a text speaks of disputes last, and not of requests; None if of neither."""
    if dispute.search(text) is None and "因" not in text:
        return False if _REQUEST.search(text) is not None else None
    if _BOTH.search(text) is not None:
        return False
    disputes = max((match.start() for match in dispute.finditer(text)), default=-1)
    bare = _APPLIES_FOR_REVIEW.sub(lambda match: "," * len(match[0]), text)
    requests = max((match.start() for match in _REQUEST.finditer(bare)), default=-1)
    if disputes == requests == -1:
        return None
    return disputes > requests


def names_requests(heading: str) -> bool:
    """Whether a folded heading opens a part about requests, reviews, lawsuits or complaints."""
    return "申请" in heading or _COMPLAINT.search(heading) is not None


def is_class_of_documents(statement: Statement, words: str, before: str) -> bool:
    """Whether a zero of applications may be one of documents that are disclosed on application:
    no verb says that somebody asked, and documents or publications are counted before it in its
    sentence (主动公开90件，无依申请公开信息)."""
    if statement.id != "narrative.applications_received" or "依申请" not in words:
        return False
    return _SOMEBODY_ASKED.search(words) is None and _PAPERS.search(before) is not None


def is_called_a_review(statement: Statement, words: str, behind: str) -> bool:
    """Whether the clause behind calls what was received reviews (收到申请2件，均为行政复议)."""
    if statement.family != "applications" or "公开" in words:
        return False
    return _IS_ONE.match(behind) is not None
