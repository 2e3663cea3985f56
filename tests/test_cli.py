"""The command line, run as a user runs it."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from strategies import PAGE

if sys.version_info >= (3, 11):
    import tomllib as toml
else:
    import tomli as toml

RAW = PAGE.encode()
LOG = "page.txt.textfix.jsonl"


def run(folder: Path, *args: str, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "textfix", *args]
    done = subprocess.run(command, cwd=folder, input=stdin, capture_output=True, env={**os.environ, **env}, check=False)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


def told(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.txt").write_bytes(RAW)
    return tmp_path


def test_fix_to_standard_output(folder: Path) -> None:
    golden = (Path(__file__).parent.parent / "fixtures" / "golden" / "page.txt").read_bytes()
    assert run(folder, "fix", "page.txt").stdout == golden
    assert run(folder, "fix", "-", stdin=RAW).stdout == golden
    assert sorted(os.listdir(folder)) == ["page.txt"]


def test_fix_and_revert_in_place(folder: Path) -> None:
    os.chmod(folder / "page.txt", 0o640)
    assert run(folder, "fix", "--in-place", "page.txt").returncode == 0
    assert sorted(os.listdir(folder)) == ["page.txt", LOG]
    assert (folder / "page.txt").read_bytes() != RAW
    assert (folder / "page.txt").stat().st_mode & 0o777 == 0o640
    assert run(folder, "revert", "page.txt").stdout == RAW
    assert run(folder, "revert", "--in-place", "page.txt").returncode == 0
    assert (folder / "page.txt").read_bytes() == RAW and os.listdir(folder) == ["page.txt"]


def test_what_is_made_of_a_private_file_is_private(folder: Path) -> None:
    os.chmod(folder / "page.txt", 0o600)
    assert run(folder, "fix", "page.txt", "-o", "clean.txt").returncode == 0
    for name in ("clean.txt", "clean.txt.textfix.jsonl"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name


def test_the_log_of_a_link_lies_beside_the_file(folder: Path) -> None:
    (folder / "sub").mkdir()
    os.symlink(folder / "page.txt", folder / "sub" / "link.txt")
    for name in ("page.txt", "sub/link.txt"):
        assert run(folder, "fix", "--in-place", "sub/link.txt").returncode == 0
        assert sorted(os.listdir(folder)) == ["page.txt", LOG, "sub"] and os.listdir(folder / "sub") == ["link.txt"]
        assert run(folder, "log", "verify", name).returncode == 0
        assert run(folder, "revert", "--in-place", name).returncode == 0
        assert (folder / "page.txt").read_bytes() == RAW and (folder / "sub" / "link.txt").is_symlink()


def test_an_unchanged_file_is_not_written(folder: Path) -> None:
    (folder / "clean.txt").write_text("你好，世界。\n", "utf-8")
    os.utime(folder / "clean.txt", ns=(1, 1))
    assert run(folder, "fix", "--in-place", "clean.txt").returncode == 0
    assert (folder / "clean.txt").stat().st_mtime_ns == 1
    assert sorted(os.listdir(folder)) == ["clean.txt", "page.txt"]


def test_generations(folder: Path) -> None:
    run(folder, "fix", "--in-place", "page.txt")
    first = (folder / "page.txt").read_bytes()
    run(folder, "fix", "--in-place", "--to", "hans", "page.txt")
    assert run(folder, "revert", "page.txt").stdout == first
    assert run(folder, "revert", "--all", "page.txt").stdout == RAW
    run(folder, "revert", "--in-place", "page.txt")
    assert (folder / "page.txt").read_bytes() == first and (folder / LOG).exists()
    assert run(folder, "revert", "page.txt").stdout == RAW


def test_a_crash_between_log_and_file(folder: Path) -> None:
    run(folder, "fix", "--in-place", "page.txt")
    (folder / "page.txt").write_bytes(RAW)  # as if the log had been written and the file had not
    done = run(folder, "revert", "page.txt")
    assert done.returncode == 2 and "already the source" in told(done)
    assert run(folder, "fix", "--in-place", "page.txt").returncode == 0
    assert run(folder, "revert", "page.txt").stdout == RAW


def test_a_file_that_was_edited_since_keeps_its_log(folder: Path) -> None:
    run(folder, "fix", "--in-place", "page.txt")
    kept = (folder / LOG).read_bytes()
    (folder / "page.txt").write_bytes(RAW + "漢字汉字".encode())
    done = run(folder, "fix", "--in-place", "page.txt")
    assert done.returncode == 2 and "another version" in told(done)
    assert (folder / LOG).read_bytes() == kept and (folder / "page.txt").read_bytes() == RAW + "漢字汉字".encode()


def test_output_dir_keeps_relative_paths(folder: Path) -> None:
    (folder / "in" / "a").mkdir(parents=True)
    (folder / "in" / ".git").mkdir()
    for name in ("a/one.txt", "two.txt", ".git/three.txt", ".hidden"):
        (folder / "in" / name).write_text("汉字\n", "utf-8")
    (folder / "in" / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    os.symlink(folder / "page.txt", folder / "in" / "link.txt")
    done = run(folder, "fix", "--to", "hant", "--output-dir", "out", "in")
    assert done.returncode == 0
    found = sorted(
        path.relative_to(folder / "out").as_posix() for path in (folder / "out").rglob("*") if path.is_file()
    )
    assert found == ["a/one.txt", "a/one.txt.textfix.jsonl", "two.txt", "two.txt.textfix.jsonl"]
    assert run(folder, "revert", "out/a/one.txt").stdout == "汉字\n".encode()


def test_names_that_collide_are_refused_before_anything_is_written(folder: Path) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "same.txt").write_text("汉字", "utf-8")
    done = run(folder, "fix", "--output-dir", "out", "a/same.txt", "b/same.txt")
    assert done.returncode == 2 and "would both be written" in told(done) and not (folder / "out").exists()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["fix", "page.txt", "page2.txt"], "several inputs"),
        (["fix", "."], "several inputs"),
        (["fix", "page.txt", "-o", "x", "--in-place"], "choose one"),
        (["fix", "page.txt", "-o", "page.txt"], "--in-place"),
        (["fix", "--in-place", "-"], "standard input"),
        (["fix", "--to", "klingon", "page.txt"], "klingon"),
        (["fix", "--to", "zh-tw", "page.txt"], "did you mean 'hant-tw'"),
        (["fix", "--to", "zh_CN", "page.txt"], "did you mean 'hans'"),
        (["fix", "--profile", "gentel", "page.txt"], "did you mean 'gentle'"),
        (["rules", "noise.pinyn"], "did you mean 'noise.pinyin'"),
        (["fix", "--disable", "noise.pinyn", "page.txt"], "did you mean 'noise.pinyin'"),
        (["fix", "--min-confidence", "2", "page.txt"], "min_confidence=2.0"),
        (["fix", "--to", "hans", "--vocabulary", "tw", "page.txt"], "words of traditional text alone"),
        (["fix", "--config", "missing.toml", "page.txt"], "missing.toml"),
        (["diff", "a", "b", "c"], "BEFORE AFTER"),
        (["revert", "page.txt", "--only", "script"], "--only"),
        (["nonsense"], "nonsense"),
    ],
)
def test_usage_errors(folder: Path, args: list[str], message: str) -> None:
    (folder / "page2.txt").write_bytes(RAW)
    done = run(folder, *args)
    assert done.returncode == 2 and message in told(done)


def test_what_cannot_be_handled_is_told_and_the_rest_still_runs(folder: Path) -> None:
    (folder / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (folder / "sub").mkdir()
    done = run(folder, "fix", "--check", "missing.txt", "image.png", "page.txt")
    lines = told(done).splitlines()
    assert done.returncode == 2 and len(lines) == 3
    assert "missing.txt: no such file" in lines[0] and "image.png: a binary file" in lines[1] and "page.txt" in lines[2]
    assert run(folder, "fix", "--check", "page.txt").returncode == 1
    assert (folder / "page.txt").read_bytes() == RAW


def test_json_summary(folder: Path) -> None:
    done = run(folder, "fix", "--json", "--in-place", "page.txt", "missing.txt")
    summary = json.loads(done.stdout)
    assert summary["changed"] == 1 and summary["files"] == 2 and summary["rules"]["noise.pinyin"] == 495
    assert summary["failed"] == [{"path": "missing.txt", "error": "no such file or folder"}]


def test_jobs_give_the_same(folder: Path) -> None:
    for number in range(4):
        (folder / f"{number}.txt").write_text("汉字" * (number + 1), "utf-8")
    (folder / "missing").mkdir()
    args = ["fix", "--to", "hant", "0.txt", "1.txt", "2.txt", "3.txt", "page.txt", "nowhere"]
    one = run(folder, *args, "--output-dir", "one")
    two = run(folder, *args, "--output-dir", "two", "--jobs", "2")
    assert one.returncode == two.returncode == 2
    for path in (folder / "one").iterdir():
        assert (folder / "two" / path.name).read_bytes() == path.read_bytes()


def test_detect(folder: Path) -> None:
    done = run(folder, "detect", "page.txt")
    text = done.stdout.decode()
    assert done.returncode == 0
    for part in ("utf-8", "traditional (910", "75:7", "noise.pinyin: 495", "desync.gbk: 7", "基層婦女"):
        assert part in text
    (item,) = map(json.loads, run(folder, "detect", "--json", "page.txt").stdout.splitlines())
    assert item["path"] == "page.txt" and item["script"]["dominant"] == "hant"


def test_explain_says_why_before_and_after(folder: Path) -> None:
    before = run(folder, "explain", "page.txt").stdout.decode()
    run(folder, "fix", "--in-place", "page.txt")
    after = run(folder, "explain", "page.txt").stdout.decode()
    assert before == after and len(before.splitlines()) == 495 + 7 + 54
    assert "14:298  desync.gbk  ?jì)D → 婦" in before
    rows = [json.loads(line) for line in run(folder, "explain", "--json", "page.txt").stdout.splitlines()]
    assert {"line", "column", "rule", "before", "after", "confidence", "inferred", "reason"} <= set(rows[0])


def test_diff(folder: Path) -> None:
    run(folder, "fix", "page.txt", "-o", "clean.txt")
    done = run(folder, "diff", "clean.txt")
    assert done.returncode == 1 and "3:1 - 推進(jìn)婦聯(lián)工作" in done.stdout.decode()
    assert run(folder, "diff", "page.txt", "page.txt").returncode == 0
    (folder / "page.patch").write_bytes(run(folder, "diff", "--style", "unified", "page.txt", "clean.txt").stdout)
    subprocess.run(["git", "apply", "page.patch"], cwd=folder, check=True)
    assert (folder / "page.txt").read_bytes() == (folder / "clean.txt").read_bytes()


def test_diff_reads_each_file_in_its_own_encoding(folder: Path) -> None:
    (folder / "a.srt").write_bytes("喂，你在哪儿？\n我在家。\n".encode("gbk"))
    (folder / "b.srt").write_text("喂，你在哪儿？\n我在办公室。\n", "utf-8")
    done = run(folder, "diff", "a.srt", "b.srt")
    shown = done.stdout.decode()
    assert done.returncode == 1 and "gb18030 → utf-8" in shown
    assert "2:1 - 我在家。" in shown and "喂" not in shown
    (folder / "a.patch").write_bytes(run(folder, "diff", "--style", "unified", "a.srt", "b.srt").stdout)
    subprocess.run(["git", "apply", "a.patch"], cwd=folder, check=True)
    assert (folder / "a.srt").read_bytes() == (folder / "b.srt").read_bytes()
    (folder / "d.srt").write_bytes((folder / "b.srt").read_text("utf-8").encode("gbk"))
    same = run(folder, "diff", "d.srt", "b.srt")
    assert same.returncode == 1 and "gb18030 → utf-8" in same.stdout.decode() and "办公室" not in same.stdout.decode()


def test_undo_one_rule(folder: Path) -> None:
    run(folder, "fix", "page.txt", "-o", "clean.txt")
    done = run(folder, "revert", "clean.txt", "--only", "script", "-o", "partly.txt")
    assert done.returncode == 0 and "广州市" in (folder / "partly.txt").read_text("utf-8")
    assert run(folder, "revert", "partly.txt").stdout == RAW


def test_a_folder_comes_back(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "a.txt").write_bytes("漢字".encode("gbk"))
    (folder / "clean.txt").write_text("你好", "utf-8")
    done = run(folder, "fix", "--in-place", "--to", "hans", ".")
    assert "3 files handled, 2 of them changed, 0 failed" in told(done)
    assert run(folder, "revert", ".").returncode == 2
    assert run(folder, "revert", "--in-place", ".").returncode == 0
    assert (folder / "page.txt").read_bytes() == RAW and (folder / "sub" / "a.txt").read_bytes() == "漢字".encode("gbk")
    assert not list(folder.rglob("*.jsonl"))
    again = run(folder, "revert", "--in-place", ".")
    assert again.returncode == 0 and "no file there has a log" in told(again)


def test_what_cannot_be_written_leaves_nothing_behind(folder: Path) -> None:
    (folder / "sub").mkdir()
    done = run(folder, "fix", "page.txt", "-o", "sub")
    assert done.returncode == 2 and "sub: is a directory" in told(done)
    assert sorted(os.listdir(folder)) == ["page.txt", "sub"]


def test_log_commands(folder: Path) -> None:
    run(folder, "fix", "--in-place", "page.txt")
    assert b"gives the original back" in run(folder, "log", "verify", "page.txt").stdout
    assert b"noise.pinyin, round 1: 495 edits" in run(folder, "log", "show", LOG).stdout
    assert json.loads(run(folder, "log", "stats", "page.txt").stdout)["rules"]["script.convert"] == 54
    (folder / LOG).write_bytes((folder / LOG).read_bytes()[:-40])
    done = run(folder, "log", "verify", "page.txt")
    assert done.returncode == 2 and LOG in told(done)


def test_without_a_log(folder: Path) -> None:
    done = run(folder, "fix", "--in-place", "--no-log", "page.txt")
    assert done.returncode == 0 and told(done).count("--no-log") == 1 and os.listdir(folder) == ["page.txt"]
    (folder / "lost.txt").write_bytes("汉字漢字 \n".encode() * 9 + b"\xff\n")
    done = run(folder, "fix", "--in-place", "--no-log", "lost.txt")
    assert done.returncode == 2 and "lost for good" in told(done)
    assert (folder / "lost.txt").read_bytes().endswith(b"\xff\n")
    assert run(folder, "revert", "page.txt").returncode == 2


def test_configuration_files(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.textfix]\nto = "hans"\n', "utf-8")
    (folder / "sub").mkdir()
    assert toml.loads(run(folder / "sub", "config").stdout.decode())["to"] == "hans"
    assert toml.loads(run(folder / "sub", "config", "--to", "keep").stdout.decode())["to"] == "keep"
    assert run(folder, "fix", "-", stdin="漢字".encode()).stdout == "汉字".encode()
    (folder / "textfix.toml").write_text('too = "hans"\n', "utf-8")
    done = run(folder, "config")
    assert done.returncode == 2 and "'too'" in told(done) and "did you mean 'to'" in told(done)


def test_profiles(folder: Path) -> None:
    (folder / "textfix.toml").write_text('profile = "corpus"\nto = "hant"\n', "utf-8")
    here = toml.loads(run(folder, "config").stdout.decode())
    assert (here["to"], here["spaces"], here["remove"]) == ("hant", "fold", ["noise.boilerplate"])
    search = toml.loads(run(folder, "config", "--profile", "search", "--to", "keep").stdout.decode())
    assert (search["to"], search["form"]) == ("keep", "NFKC")
    done = run(folder, "config", "--remove", "noise.boilerplat")
    assert done.returncode == 2 and "did you mean 'noise.boilerplate'" in told(done)
    done = run(folder, "config", "--remove", "script.drift")
    assert done.returncode == 2 and "noise.repeated" in told(done)


def test_hostile_names_and_texts_are_neutralised(folder: Path) -> None:
    name = "evil\x1b[31m\u202e.txt"
    (folder / name).write_text("\x1b]0;x\x07汉字\u202e" + "漢" * 5, "utf-8")
    for args in (["detect", name], ["explain", "--to", "hans", name], ["fix", "--diff", "--to", "hans", name]):
        done = run(folder, *args)
        assert b"\x1b" not in done.stdout + done.stderr and "\u202e" not in (done.stdout + done.stderr).decode()


def test_a_closed_pipe_ends_quietly(folder: Path) -> None:
    (folder / "big.txt").write_text("漢字\n" * 200_000, "utf-8")
    command = f"{sys.executable} -m textfix fix big.txt | head -c 10"
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0 and done.stderr == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_told(folder: Path) -> None:
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "textfix", "fix", "page.txt"]
        done = subprocess.run(command, cwd=folder, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2 and b"no space left" in done.stderr and b"Traceback" not in done.stderr


def test_every_command_has_help_with_examples(folder: Path) -> None:
    for command in (
        "detect",
        "fix",
        "revert",
        "diff",
        "explain",
        "rules",
        "config",
        "log show",
        "log verify",
        "log stats",
    ):
        text = run(folder, *command.split(), "--help").stdout.decode()
        assert "Examples:" in text and f"textfix {command.split()[0]}" in text
    assert run(folder, "--version").stdout.startswith(b"textfix")


def test_the_rules_are_documented(folder: Path) -> None:
    written = (Path(__file__).parent.parent / "docs" / "rules.md").read_bytes()
    assert run(folder, "rules", "--markdown").stdout == written


def test_output_in_another_encoding_comes_back(folder: Path) -> None:
    raw = "这个文件叫做说明文件，内容很简单。\n".encode("gbk")
    (folder / "list.csv").write_bytes(raw)
    assert run(folder, "fix", "-i", "--output-encoding", "utf-8-sig", "list.csv").returncode == 0
    assert (folder / "list.csv").read_bytes() == b"\xef\xbb\xbf" + raw.decode("gbk").encode()
    assert run(folder, "diff", "list.csv").returncode == 1
    assert run(folder, "log", "verify", "list.csv").returncode == 0
    assert run(folder, "revert", "-i", "list.csv").returncode == 0
    assert (folder / "list.csv").read_bytes() == raw


def test_what_the_output_encoding_cannot_hold_is_named_and_nothing_written(folder: Path) -> None:
    done = run(folder, "fix", "page.txt", "-o", "out.txt", "--output-encoding", "ascii", "--to", "keep")
    assert done.returncode == 2 and "ascii cannot hold" in told(done) and "nothing is written" in told(done)
    assert sorted(os.listdir(folder)) == ["page.txt"]
    assert "no encoding" in told(run(folder, "fix", "page.txt", "--output-encoding", "klingon"))


def test_what_is_written_decides_whether_anything_changes(folder: Path) -> None:
    (folder / "gbk.txt").write_bytes("这个文件叫做说明文件，内容很简单。\n".encode("gbk"))
    checked = run(folder, "fix", "--check", "gbk.txt")
    assert checked.returncode == 1 and "only its encoding, gb18030 → utf-8" in told(checked)
    assert b"gb18030 \xe2\x86\x92 utf-8" in run(folder, "fix", "--diff", "gbk.txt").stdout
    for asked in ("--check", "--diff"):
        done = run(folder, "fix", asked, "--output-encoding", "gbk", "gbk.txt")
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_bytes_that_are_given_up_are_told(folder: Path) -> None:
    (folder / "torn.txt").write_bytes("这个文件叫做".encode() + b"\xff" + "说明文件，内容很简单。\n".encode())
    assert "U+FFFD in 1 place " in told(run(folder, "fix", "torn.txt", "-o", "whole.txt"))


def test_a_log_is_written_over_neither_input_nor_output(folder: Path) -> None:
    before = (folder / "page.txt").read_bytes()
    for name in ("page.txt", "out.txt"):
        assert "is the input or the output itself" in told(
            run(folder, "fix", "page.txt", "-o", "out.txt", "--log", name)
        )
    assert sorted(os.listdir(folder)) == ["page.txt"] and (folder / "page.txt").read_bytes() == before


def test_a_change_of_the_mark_alone_is_told(folder: Path) -> None:
    (folder / "plain.txt").write_bytes(b"plain\n")
    checked = run(folder, "fix", "--check", "--output-encoding", "utf-8-sig", "plain.txt")
    assert checked.returncode == 1 and "only its encoding, ascii → utf-8-sig" in told(checked)


def test_a_hint_that_is_outvoted_is_told(folder: Path) -> None:
    (folder / "gbk.txt").write_bytes("这个文件叫做说明文件，内容很简单。\n".encode("gbk"))
    assert "said to be big5hkscs, but is read as gb18030" in told(run(folder, "fix", "--encoding", "big5", "gbk.txt"))
    insisting = run(folder, "fix", "--force-encoding", "text/html; charset=GBK", "gbk.txt")
    assert (insisting.returncode, insisting.stderr) == (0, b"")


@pytest.mark.parametrize("tag", ['<meta charset="gbk">', '<?xml version="1.0" encoding="gb2312"?>'])
def test_a_declaration_that_no_longer_holds_is_told(folder: Path, tag: str) -> None:
    (folder / "page.html").write_bytes(f"{tag}<p>这个文件叫做说明文件，内容很简单。</p>\n".encode("gbk"))
    done = run(folder, "fix", "page.html", "-o", "p2.html")
    (line,) = told(done).splitlines()
    assert "page.html: written as utf-8, but declares gb" in line and tag in line
    assert not told(run(folder, "fix", "page.html", "-o", "p3.html", "--output-encoding", "gbk"))
    (folder / "ascii.html").write_text(f"{tag}<p>plain</p>\n")
    assert not told(run(folder, "fix", "ascii.html"))


def test_a_vocabulary_that_finds_no_traditional_text_is_told(folder: Path) -> None:
    (folder / "hans.txt").write_text("这个软件说明文件很简单。\n", "utf-8")
    (folder / "hant.txt").write_text("這個說明文件很簡單。\n", "utf-8")
    (line,) = told(run(folder, "fix", "--vocabulary", "tw", "--check", "hans.txt", "hant.txt")).splitlines()
    assert "hans.txt: simplified" in line and line.endswith("add --to hant-tw")
    assert not told(run(folder, "fix", "--vocabulary", "tw", "--to", "hant-tw", "hans.txt"))


def test_config_says_where_it_comes_from(folder: Path) -> None:
    def source(*args: str) -> str:
        return run(folder, "config", *args).stdout.decode().split("\n", 1)[0].partition("; read from ")[2]

    assert source() == "no file: these are the defaults"
    assert source("--profile", "search", "--to", "hans") == "no file, with the options given"
    (folder / "textfix.toml").write_text('to = "hant"\n')
    assert source().endswith("textfix.toml")
    assert source("--config", "textfix.toml", "--disable", "noise") == "textfix.toml, with the options given"


def test_rules_that_are_named(folder: Path) -> None:
    done = run(folder, "rules", "--json", "width.letters", "desync")
    shown = [json.loads(line)["rule"] for line in done.stdout.splitlines()]
    assert shown == ["desync.gbk", "width.letters"]
    every = run(folder, "rules").stdout.decode()
    assert run(folder, "rules", "width.letters").stdout.decode() in every


def test_help_of_log_is_whole_and_has_examples(folder: Path) -> None:
    shown = run(folder, "log", "--help").stdout.decode()
    assert "..." not in shown.partition("Commands:")[2] and "textfix log verify" in shown.partition("Examples:")[2]


def test_a_binary_file_is_read_by_whoever_insists(folder: Path) -> None:
    (folder / "odd.txt").write_bytes("名\1称\2\n".encode("gbk"))
    done = run(folder, "fix", "odd.txt")
    assert done.returncode == 2 and "--force-encoding NAME reads it" in told(done)
    assert run(folder, "fix", "--force-encoding", "gbk", "odd.txt").stdout.decode().startswith("名")


def test_binary_files_of_a_folder_are_counted(folder: Path) -> None:
    (folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert "1 binary file passed over, ./photo.png" in told(run(folder, "fix", "--check", "."))


def test_detect_shows_the_segments_of_a_mixed_file(folder: Path) -> None:
    (folder / "mixed.log").write_bytes(
        "服务器已经启动，正在监听端口。\n".encode("gbk") + "文件已经保存到目录。\n".encode()
    )
    shown = run(folder, "detect", "mixed.log").stdout.decode()
    assert "mixed: 50% gb18030, 50% utf-8" in shown
    assert "bytes 0-31, line 1" in shown and "gb2312" in shown and "文件已经保存" in shown
    forced = run(folder, "detect", "--force-encoding", "utf-8", "mixed.log").stdout.decode()
    assert "gb18030" not in forced
    assert "did you mean" in told(run(folder, "detect", "--encoding", "gb18031", "mixed.log"))


def test_what_is_not_sure_enough_to_be_restored_is_told(folder: Path) -> None:
    lost = "鍒涘缓骞冲彴瀵瑰簲鐨勫彂甯冨櫒瀹炰緥\n纭�瀹�\n"  # 定, 宝 or 宋
    (folder / "a.txt").write_text(lost, "utf-8")
    (line,) = told(run(folder, "fix", "a.txt", "-o", "b.txt")).splitlines()
    assert "in 1 place, left alone" in line and "--restore all" in line
    assert "2:3  mojibake.chinese  瀹� → 定  not made, inferred" in run(folder, "explain", "a.txt").stdout.decode()
    *made, left = map(json.loads, run(folder, "explain", "--json", "a.txt").stdout.splitlines())
    assert [one["made"] for one in made] == [True, True] and not left["made"] and left["column"] == 3
    assert not told(run(folder, "fix", "--restore", "all", "a.txt", "-o", "c.txt"))


def test_what_is_lost_for_good_is_told(folder: Path) -> None:
    (folder / "a.txt").write_text("这里原来有字：锟斤拷锟斤拷。\n", "utf-8")
    (line,) = told(run(folder, "fix", "a.txt", "-o", "b.txt")).splitlines()
    assert "1 place of text that is lost" in line and "textfix detect" in line


def test_earlier_changes_that_a_log_still_holds_are_told(folder: Path) -> None:
    (folder / "sub").mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / "sub" / name).write_text("軟體\u200b工程師", "utf-8")
    run(folder, "fix", "-i", "sub")
    run(folder, "fix", "-i", "--to", "hans", "sub/a.txt")
    first, second = told(run(folder, "revert", "-i", "sub")).splitlines()
    assert "a.txt" in first and "--all" in first and "2 files reverted" in second
    assert (folder / "sub" / "b.txt").read_text("utf-8") == "軟體\u200b工程師"
    run(folder, "revert", "-i", "--all", "sub/a.txt")
    assert (folder / "sub" / "a.txt").read_text("utf-8") == "軟體\u200b工程師"


def test_a_page_that_declares_another_encoding_is_told_by_detect(folder: Path) -> None:
    page = '<meta charset="{}"><p>这个文件叫做说明文件，内容很简单。</p>'
    for name in ("gbk", "iso-8859-1"):
        (folder / f"{name}.html").write_bytes(page.format(name).encode("gbk"))
    (line,) = told(run(folder, "detect", "gbk.html", "iso-8859-1.html")).splitlines()
    assert "iso-8859-1.html: read as gb18030, but declares iso-8859-1" in line


def test_a_page_in_utf_16_of_any_order_declares_what_it_is(folder: Path) -> None:
    page = "\ufeff<meta charset={}><p>这个文件叫做说明文件，内容很简单。</p>"
    (folder / "a.html").write_bytes(page.format("utf-16").encode("utf-16-be"))
    (folder / "b.html").write_bytes(page.format("utf-16le").encode("utf-16-be"))
    (line,) = told(run(folder, "detect", "a.html", "b.html")).splitlines()
    assert "b.html: read as utf-16-be, but declares utf-16le" in line


def test_a_folder_without_room_is_told_by_the_name_that_was_given(folder: Path) -> None:
    (folder / "a.txt").write_text("软件\u200b工程师", "utf-8")
    (line,) = told(run(folder, "fix", "--no-log", "a.txt", "-o", "/proc/x")).splitlines()[-1:]
    assert "/proc/x: " in line and "tmp" not in line
