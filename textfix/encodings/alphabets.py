"""How well text suits one of the alphabets that encodings of single bytes were made for.

    Už týdny suits Czech as ISO-8859-2; as Windows-1250 the same bytes are Uľ týdny, which suits none.

The letters beyond ASCII of each language, as the Unicode CLDR has them among its exemplar characters.
"""

from __future__ import annotations

import re
from collections import Counter

ALPHABETS = {
    "French": "àâæçéèêëîïôœùûüÿ",
    "German": "äöüß",
    "Danish, Norwegian": "æøåéèêòóôà",
    "Swedish, Finnish": "äöåéàšž",
    "Icelandic": "áðéíóúýþæö",
    "Dutch": "éëïöüáíóèäàê",
    "Spanish": "áéíóúüñ¿¡ªº",
    "Portuguese": "áàâãçéêíóôõúü",
    "Italian": "àèéìíòóùú",
    "Catalan": "àçéèíïóòúü",
    "Irish": "áéíóú",
    "Albanian": "çëé",
    "Polish": "ąćęłńóśźż",
    "Czech": "áčďéěíňóřšťúůýž",
    "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Slovene, Croatian": "čćđšž",
    "Hungarian": "áéíóöőúüű",
    "Romanian": "ăâîșțşţ",
    "Turkish": "âçğıiîöşüûİ",
    "Estonian": "äõöüšž",
    "Latvian": "āčēģīķļņšūž",
    "Lithuanian": "ąčęėįšųūž",
    "Maltese": "ċġħżàèìòù",
    "Esperanto": "ĉĝĥĵŝŭ",
    "Vietnamese": "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ\u0300\u0301\u0303\u0309\u0323",
    "Russian, Bulgarian": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "Ukrainian, Belarusian": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяёўыэ",
    "Serbian, Macedonian": "абвгдђежзијклљмнњопрстћуфхцчџшѓѕќѐѝ",
    "Greek": "αάβγδεέζηήθιίϊΐκλμνξοόπρσςτυύϋΰφχψωώ",
    "Hebrew": "אבגדהוזחטיךכלםמןנסעףפץצקרשת",
    "Arabic": "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگ\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652",
    "Thai": "".join(map(chr, (*range(0xE01, 0xE3B), *range(0xE40, 0xE4E)))),
}
SIGNS = {*"€„“”‘’–—…«»°§²³·©®•"}  # that stand in text of any of them
# Signs that stand in any text, too, but are letters read wrongly where they stand beside letters: wrze¶nia, but 5 µm.
ALONE = re.compile("(?<![^\\W\\d_])(?:[£¥¢×÷½¼¾±¬¶¹†‡‰¿¡ªº](?![^\\W\\d_])|µ)|(?<=\\d)[ªº¹]")
LETTERS = [{*letters, *letters.upper(), *SIGNS} for letters in ALPHABETS.values()]
SYLLABLES = range(0xAC00, 0xD7A4)  # of Korean


def strangers(text: str) -> tuple[int, int]:
    """How many characters beyond ASCII do not suit the alphabet that most of them suit; and how many do.

    >>> strangers("Už týdny"), strangers("Uľ týdny"), strangers("Anton Pavlovitš"), strangers("Anton Pavlovit¹")
    ((0, 2), (0, 2), (0, 1), (1, 0))
    >>> strangers("½ cup, 3 × 4 mm, £5"), strangers("wrze¶nia")
    ((0, 3), (1, 0))
    """
    rest, signs = ALONE.subn("", text)
    counts = Counter(one for one in rest if one >= "\x80")
    syllables = sum(count for one, count in counts.items() if ord(one) in SYLLABLES)
    known = max(syllables, *(sum(counts[one] for one in letters) for letters in LETTERS))
    return counts.total() - known, known + signs
