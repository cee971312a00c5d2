"""Files with mistakes that nobody thought of: good ones, mutated by a seed, read to the end.

`python -m tests.corpus.mutate 10000` reads so many, a quarter of each kind, and says what they cost. A mutant
is either read, every cell of it fit to be kept as JSON, or refused by UnreadableFile; anything else is a bug
of ours, and is named by kind and seed, from which it is made again.
"""

import json
import re
import resource
import sys
import time
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from random import Random

from cpl.formats.cells import cell_as_json, cell_from_json
from cpl.formats.device_files import read_device_file
from cpl.formats.ota import read_ota
from cpl.formats.problems import UnreadableFile
from cpl.rules.reading import read_answers
from tests.corpus.made import answers, csv, form, number_cells, xlsx
from tests.formats.ota_files import BLOCK, ota

# No mutant may take more than this; the good files take a tenth of it.
MOST_OCTETS = 64 * 2**20
NASTY = (
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b'""', b",", b";", b"\t", b"\r", b"\n", b"\r\n",
    b"=1+1",
    b"-1", b"1e999", b"NaN", b"inf", b"9" * 400,
    b"\x80\x81", "é".encode(), "\u2028".encode(), "\uff10".encode(),
    b"x" * 40_000, b"," * 2_000, b'"' * 999, b"_x0000_", b"_xD800_", b"31/02/2030", b"'", b"\\",
)  # fmt: skip
NASTY_XML = (
    b"", b"<", b">", b"&", b"&amp;", b"&#0;", b"&#x1F600;", b"<!--", b"]]>", b"<![CDATA[", b"<?x?>",
    b'r="A0"',
    b'r="XFD1"', b'r="A1048577"', b't="e"', b't="d"', b't="b"', b't="s"', b't="str"', b't="inlineStr"',
    b't="n"',
    b's="99999"', b's="-1"', b"<v>", b"</v>", b"<v>1e999</v>", b"<v>-1</v>", b"<v>99999999999</v>",
    b"<f>A1</f>",
    b'<f t="array" ref="A1:B2">1</f>', b'<f t="shared" si="9"/>', b"<c/>", b"<row/>", b"<is><t>x</t></is>",
    b'xml:space="preserve"', b"<!DOCTYPE x>", b'encoding="x"', b"2958466", b"-1", b"1e308", b"2026-99-99T99",
    b'numFmtId="14"', b'numFmtId="46"', b"date1904=\"1\"", b"<mergeCell ref=\"A1:XFD9\"/>",
    b"<dimension ref=\"?\"/>",
)  # fmt: skip


@cache
def workbooks() -> tuple[bytes, ...]:
    return form(), xlsx(answers(), number_cells(model=26, dlms_id=7701), answers(firmware="0A0B0C0F"))


@cache
def texts() -> tuple[bytes, ...]:
    text = csv(answers(), number_cells(fir_city="Évora"), answers(fir_description="two\nlines"))
    return text, text.decode().encode("utf-16"), text.replace(b",", b";"), text.decode().encode("cp1252")


@cache
def firmware() -> tuple[bytes, ...]:
    return ota(), ota(block=BLOCK), ota(hardware=None), ota(block=BLOCK, further=3)


def mutated_workbook(random: Random) -> bytes:
    """The bytes of the archive itself."""
    return _mutated(random, random.choice(workbooks()), NASTY)


def mutated_part(random: Random) -> bytes:
    """One XML part, within a whole archive."""
    data = random.choice(workbooks())
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        # What holds the cells is met most often.
        likely = [name for name in names if re.search("sheet[0-9]|shared|styles|workbook", name)]
        chosen = random.choice(likely if random.random() < 0.8 else names)
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
            for name in archive.namelist():
                content = archive.read(name)
                new.writestr(name, _mutated_xml(random, content) if name == chosen else content)
    return out.getvalue()


def mutated_csv(random: Random) -> bytes:
    return _mutated(random, random.choice(texts()), NASTY)


def mutated_ota(random: Random) -> bytes:
    """Mostly the header, which is what there is to read."""
    data = bytearray(random.choice(firmware()))
    for _ in range(random.randint(1, 4)):
        data[random.randrange(min(len(data), 76))] = random.choice(
            (0, 1, 0x40, 0x7F, 0xFF, random.randrange(256))
        )
    return _mutated(random, bytes(data), NASTY) if random.random() < 0.5 else bytes(data)


KINDS: dict[str, Callable[[Random], bytes]] = {
    "workbook": mutated_workbook,
    "part": mutated_part,
    "csv": mutated_csv,
    "ota": mutated_ota,
}


def _mutated(random: Random, data: bytes, nasty: tuple[bytes, ...]) -> bytes:
    """One to six changes: octets set, cut out, put in, said twice; or the end left off."""
    changed = bytearray(data)
    for _ in range(random.randint(1, 6)):
        at = random.randrange(len(changed) + 1)
        end = min(len(changed), at + random.choice((1, 1, 2, 8, 64, 1000)))
        how = random.randrange(6)
        if how == 0 and at < len(changed):
            changed[at] = random.randrange(256)
        elif how == 1:
            del changed[at:end]
        elif how == 2:
            changed[at:at] = random.choice(nasty)
        elif how == 3:
            changed[at:at] = changed[at:end] * random.choice((1, 2, 50))
        elif how == 4:
            changed[at:end] = random.choice(nasty)
        elif random.random() < 0.3:
            del changed[at:]
    return bytes(changed)


def _mutated_xml(random: Random, content: bytes) -> bytes:
    """Mostly whole tags and values are changed, so that the part stays well-formed and is read on."""
    if random.random() < 0.3:
        return _mutated(random, content, NASTY_XML)
    for _ in range(random.randint(1, 4)):
        places = list(re.finditer(rb'"[^"<>]*"|>[^<>]+<|<[a-z]+ [^<>]*/>|<v>[^<]*</v>', content))
        if not places:
            return content
        found = random.choice(places)
        old, nasty = found[0], random.choice(NASTY_XML)
        if old.startswith(b'"'):
            new = b'"' + nasty.replace(b'"', b"").replace(b"<", b"").replace(b"&", b"") + b'"'
        elif old.startswith(b">"):
            new = b">" + nasty.replace(b"<", b"").replace(b"&", b"") + b"<"
        else:
            new = random.choice((b"", old * 2, old * 30, nasty))
        content = content[: found.start()] + new + content[found.end() :]
    return content


def read(kind: str, seed: int) -> str:
    """Make a mutant and read it to the end; gives `read` or `refused`, raises on whatever else happens."""
    data = KINDS[kind](Random(f"{kind} {seed}"))  # noqa: S311 - not for secrets
    try:
        if kind == "ota":
            read_ota(data)
            return "read"
        for row in read_device_file(data, f"{kind}-{seed}").rows:
            read_answers("new_entry", row.cells)
            for cell in row.cells.values():
                kept = json.dumps(cell_as_json(cell), allow_nan=False, ensure_ascii=False)
                kept.encode()  # no halves of characters, which no database takes
                assert "\\u0000" not in kept
                assert cell_from_json(json.loads(kept)) == cell
    except UnreadableFile as error:
        assert error.message
        return "refused"
    return "read"


@dataclass
class Tally:
    """What the mutants came to; `bugs` are named by kind and seed."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    bugs: list[str] = field(default_factory=list)
    most_octets: int = 0
    worst: str = ""
    slowest: float = 0.0


def run(count: int, *, first: int = 0, measured_each: int = 10) -> Tally:
    """Read `count` mutants, a quarter of each kind; of one in so many the memory is measured."""
    tally = Tally()
    for seed in range(first, first + count // len(KINDS)):
        for kind in KINDS:
            began = time.perf_counter()
            measured = seed % measured_each == 0
            if measured:
                tracemalloc.start()
            try:
                tally.outcomes[kind, read(kind, seed)] += 1
            except Exception as error:
                tally.bugs.append(f"{kind} {seed}: {type(error).__name__}: {error}"[:300])
            if measured:
                peak = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
                if peak > tally.most_octets:
                    tally.most_octets, tally.worst = peak, f"{kind} {seed}"
            else:
                tally.slowest = max(tally.slowest, time.perf_counter() - began)
    return tally


def main(count: int) -> int:
    began = time.perf_counter()
    workbooks(), texts(), firmware()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tally = run(count)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = [f"{kind}: {outcome} {many:,}" for (kind, outcome), many in sorted(tally.outcomes.items())]
    lines += [
        f"{count:,} mutants in {time.perf_counter() - began:.0f} s, the slowest {tally.slowest:.2f} s",
        f"one mutant held at most {tally.most_octets / 2**20:.1f} MiB ({tally.worst}; one in ten measured)",
        f"the process grew from {before / 1024:.0f} to {after / 1024:.0f} MiB at most",
        f"{len(tally.bugs)} unhandled",
        *tally.bugs,
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if tally.bugs or tally.most_octets > MOST_OCTETS else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
