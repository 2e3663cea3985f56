"""The noise of scraped pages, but for annotations (rules/pinyin.py).

censored.py: characters that filters look for, in pinyin. separators.py: signs between the characters of a word.
lookalikes.py: letters of other alphabets inside Latin words. font.py: characters that only a font of the page shows.
repeated.py: characters and lines twice over. boilerplate.py: lists of links at the end of a page.
"""
