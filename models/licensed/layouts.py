"""The four published layouts and our own, one reader each: folder in, `DataSet` out.

Folder and column names are those of the releases, read off public loaders: genbing99/MEAN_Spot-then-recognize
(load_excel.py, load_images.py; CASME II, SAMM, CAS(ME)^2) and HeyingGithub/Baseline-project-for-MEGC2020_spotting
(CAS(ME)^2's rawpic). Frame rates: Yan et al. 2014 (CASME II, 200), Davison et al. 2018 (SAMM, 200), Li et al. 2013
(SMIC HS, 100), Qu et al. 2018 (CAS(ME)^2, 30).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from appliance.events import Kind
from models.licensed.frames import frame_folder
from models.licensed.labelled import Labelled, data_set, under
from models.licensed.own_data import own
from models.licensed.recording import LABELS, DataSet, DataSetInvalid
from models.licensed.table import find_table, levels, read_sheets, records

CASME2_COLUMNS = (
    "Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame", "Action Units", "Estimated Emotion",
)  # fmt: skip
SAMM_COLUMNS = (
    "Subject", "Filename", "Onset Frame", "Apex Frame", "Offset Frame", "Action Units", "Estimated Emotion",
)  # fmt: skip
KINDS = {"micro-expression": Kind.MICRO, "macro-expression": Kind.SUSTAINED}
CASME_SQUARED_SHEETS = 3
"""Labels without a header; subject number to folder ("naming rule1"); film name to film code ("naming rule2")."""


def casme2(root: Path) -> DataSet:
    """CASME II: CASME2-coding-*.xlsx, sub01/EP02_01f/img46.jpg (or reg_img46.jpg, or sub01/EP02_01f.avi)."""
    table = find_table(root, "CASME2-coding*", "CASME2_label*")
    places = levels(root)
    rows = []
    for row in _first_sheet(table, CASME2_COLUMNS):
        subject, clip, onset, apex, offset, units, emotion = row[1]
        folder = f"sub{subject.removeprefix('sub').removesuffix('.0'):0>2}"
        stems = under(places, folder, clip)
        rows.append(Labelled(row[0], folder, clip, stems, onset, apex, offset, emotion, units, 200.0))
    return data_set("casme2", table, rows)


def samm(root: Path) -> DataSet:
    """SAMM: SAMM_Micro_FACS_Codes_v2.xlsx with notes above its header, 006/006_1_2/006_05562.jpg."""
    table = find_table(root, "SAMM*Micro_FACS_Codes*")
    places = levels(root)
    rows = []
    for row in _first_sheet(table, SAMM_COLUMNS):
        _, clip, onset, apex, offset, units, emotion = row[1]
        # A spreadsheet turns subject 006 into 6; the clip's name keeps the zeros.
        folder = clip.split("_")[0]
        stems = under(places, folder, clip)
        rows.append(Labelled(row[0], folder, clip, stems, onset, apex, offset, emotion, units, 200.0))
    return data_set("samm", table, rows)


def smic(root: Path) -> DataSet:
    """SMIC HS: no table; s1/micro/negative/s1_ne_01/image*.bmp from onset to offset, the apex not given."""
    found = [level for level in levels(root) if any(level.glob("s*/micro"))]
    if not found:
        raise DataSetInvalid(f"{root}: no folder s*/micro", "Give the folder SMIC was unpacked to, and LAYOUT=smic.")
    # A release holds HS, VIS and NIR side by side.
    base = min(found, key=lambda level: level.name != "HS")
    rows = []
    for label in LABELS:
        for clip in sorted(path for path in base.glob(f"s*/micro/{label}/*") if path.is_dir()):
            subject = clip.parts[-4]
            frames = frame_folder(clip)
            first, last = ("", "") if frames is None else (str(min(frames.paths)), str(max(frames.paths)))
            rows.append(Labelled(str(clip), subject, clip.name, (clip,), first, "", last, label, "", 100.0))
    return data_set("smic", base, rows)


def casme_squared(root: Path) -> DataSet:
    """CAS(ME)^2: CAS(ME)^2code_final.xlsx, macro and micro intervals of films in rawpic/s15/15_0101.../img1.jpg."""
    table = find_table(root, "CAS(ME)^2code_final*", "code_final*")
    sheets = list(read_sheets(table).values())
    if len(sheets) < CASME_SQUARED_SHEETS:
        raise DataSetInvalid(f"{table}: {len(sheets)} sheets of 3", "Use the .xlsx with its naming rules, as it ships.")
    subjects = {row[2]: row[1] for row in sheets[1] if len(row) > 2}
    films = {row[1]: f"{row[0].removesuffix('.0'):0>4}" for row in sheets[2] if len(row) > 1}
    order = ("rawpic", "rawvideo")
    places = sorted(levels(root), key=lambda level: order.index(level.name) if level.name in order else len(order))
    rows = []
    for at, cells in enumerate(sheets[0]):
        if not any(cells):
            continue
        number, name, onset, apex, offset, units, emotion, kind = (*cells, *[""] * 8)[:8]
        subject, film = subjects.get(number, f"subject {number}"), films.get(name.rsplit("_", 1)[0], name)
        stem = f"{subject.removeprefix('s')}_{film}"
        stems = tuple(place.with_suffix("") for level in places for place in sorted(level.glob(f"{subject}/{stem}*")))
        where = f"{table.name} row {at + 1}"
        if kind not in KINDS:
            raise DataSetInvalid(f"{where}: type {kind!r}", f"Column 8 holds {' or '.join(KINDS)}.")
        rows.append(Labelled(where, subject, stem, stems, onset, apex, offset, emotion, units, 30.0, KINDS[kind]))
    if not rows:
        raise DataSetInvalid(f"{table}: the table is empty", "Copy this file again from the data set.")
    return data_set("casme_squared", table, rows)


LAYOUTS: dict[str, Callable[[Path], DataSet]] = {
    "casme2": casme2,
    "samm": samm,
    "smic": smic,
    "casme_squared": casme_squared,
    "own": own,
}


def _first_sheet(table: Path, columns: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """Where each row of the first sheet stands, and its cells in the order of `columns`."""
    sheet = next(iter(read_sheets(table).values()), [])
    return [(row.where, [row.cells[name] for name in columns]) for row in records(table, sheet, columns)]
