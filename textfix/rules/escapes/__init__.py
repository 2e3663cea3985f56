"""escape.*: what was escaped for a page, a program or a mail, and never brought back.

    &amp;#26085;&amp;#26412;      ->  日本
    \\u4f60\\u597d                ->  你好
    D%C0%E0%CE%EF%C1%CF.xls      ->  D类物料.xls
    =?GBK?Q?=B5=C4=BB=D8=D6=B4?= ->  的回执

An escape that is meant stays. Each module says what speaks for that; what they share is in found.py.
"""

from __future__ import annotations

from textfix.characters import Class
from textfix.rules.base import Rule, always
from textfix.rules.escapes import mail, markup, numbers

ENTITY = Rule(
    "escape.entity",
    "entities of HTML and XML, also escaped twice, in text that is neither",
    ("&amp;#20013;&amp;#22269;", "中国"),
    always(Class.ESCAPE),
    markup.propose_entities,
)
MARKUP = Rule(
    "escape.markup",
    "CDATA around text, and ends of BBCode that nothing opens",
    ("<![CDATA[中国新闻]]>", "中国新闻"),
    always(Class.ESCAPE),
    markup.propose_markup,
)
CONTROL = Rule(
    "escape.control",
    "line ends that a table or a database escaped",
    ("第一行_x000D_\n第二行x0dx0a第三行", "第一行\n第二行\n第三行"),
    always(Class.ESCAPE),
    markup.propose_controls,
)
UNICODE = Rule(
    "escape.unicode",
    "code points and bytes written as programs write them",
    ("\\u4f60\\u597d，\\xe4\\xb8\\x96\\xe7\\x95\\x8c", "你好，世界"),
    always(Class.ESCAPE),
    numbers.propose_unicode,
)
PERCENT = Rule(
    "escape.percent",
    "percent escapes of UTF-8 and GBK in text and names of files; addresses keep theirs",
    ("D%C0%E0%CE%EF%C1%CF.xls", "D类物料.xls"),
    always(Class.ESCAPE),
    numbers.propose_percent,
)
PUNYCODE = Rule(
    "escape.punycode",
    "names of domains in punycode; noted",
    ("见 xn--fiqs8s", "见 xn--fiqs8s"),
    always(Class.ESCAPE),
    numbers.propose_punycode,
    mere=True,
)
MIME = Rule(
    "escape.mime",
    "encoded words of mail headers",
    ("回执 - =?GBK?Q?test=B5=C4=BB=D8=D6=B4?=", "回执 - test的回执"),
    always(Class.ESCAPE),
    mail.propose_words,
)
QUOTED_PRINTABLE = Rule(
    "escape.quoted_printable",
    "quoted-printable that a mail program left",
    ("=E4=BD=A0=E5=A5=BD=EF=BC=8C=E4=B8=96=\n=E7=95=8C", "你好，世界"),
    always(Class.ESCAPE),
    mail.propose_quoted,
)
SHIFT = Rule(
    "escape.shift",
    "HZ and ISO-2022 whose escape bytes were lost",
    ("~{<:Ky2;S{#,NpJ)l6HK!#~}", "己所不欲，勿施於人。"),
    always(Class.ESCAPE),
    mail.propose_shifted,
)
RULES = (MIME, QUOTED_PRINTABLE, SHIFT, PERCENT, UNICODE, MARKUP, CONTROL, ENTITY, PUNYCODE)
