"""A picture of a report by itself: a photographed or scanned page."""

from __future__ import annotations

from ingest.document import Document, PictureReader
from knowledge.errors import InputRejected

PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM")
"""How PNG, JPEG, TIFF and BMP files begin."""


def read_image(content: bytes, file: str, read_picture: PictureReader | None = None) -> Document:
    """What is recognised on a picture.

    Raises: InputRejected if there is no recogniser, or nothing is to be read.
    """
    if read_picture is None:
        raise InputRejected(
            file,
            "是图片：请安装识别插件（在镇问的文件夹里运行 pip install '.[ocr]'），或先用文字识别软件转成文字",
        )
    blocks = read_picture(content, None, 0)
    if not blocks:
        raise InputRejected(file, "是图片，上面识别不出文字")
    return Document(blocks)
