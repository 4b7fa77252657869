import io
import json
import shutil
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.gallery.filled import MODEL, add_recording, fill
from tests.gallery.servers import fresh_gallery

from passerby.core.errors import PasserbyError
from passerby.gallery.people import Verdict
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.seen import Camera, Model
from passerby.pipelines.export_gallery import export_gallery
from passerby.pipelines.gallery_archive import as_json, digest
from passerby.pipelines.import_gallery import Imported, import_gallery, model_of


def filled(store: PostgresGallery) -> dict[str, str]:
    people = fill(store)
    store.judge(
        [
            Verdict("cafe01/0", people["anna"], True, "ada", 5.0),
            Verdict("cafe01/3", people["boris"], False, "ada", 6.0),
            Verdict("cafe02/1", people["boris"], True, "ada", 7.0),
        ]
    )
    store.assign(["cafe02/1"], None)  # taken back without a word
    add_recording(store, "beef", "attic", 1)
    store.forget(tracklets=["beef/0"])  # a recording with nobody in it
    return people


def held(store: PostgresGallery) -> tuple:
    entries = store.entries()
    features = store.features([entry.id for entry in entries])
    return (
        store.model,
        store.cameras(),
        store.recordings(),
        store.people(),
        store.verdicts(),
        store.stats(),
        [(e.id, e.camera, e.start, e.end, e.clocked, e.sightings, e.person) for e in entries],
        [crop.encoded for e in entries for crop in e.crops],  # pyright: ignore
        (features.keys, features.features.tolist()),
    )


@pytest.mark.parametrize("name", ["town", "town.tar"])
def test_what_is_exported_is_imported(tmp_path: Path, name: str) -> None:
    archive = tmp_path / name
    steps = []
    with fresh_gallery(MODEL) as store:
        filled(store)
        before = held(store)
        counts = export_gallery(store, archive, lambda done, total: steps.append((done, total)))
        with pytest.raises(PasserbyError, match="is there already"):
            export_gallery(store, archive)
    assert counts == {
        "cameras": 3, "recordings": 4, "tracklets": 9, "features": 18, "crops": 18, "people": 2,
        "verdicts": 3,
    }  # fmt: skip
    assert steps[-1] == (9, 9)
    assert stat.S_IMODE(archive.stat().st_mode) == (0o600 if archive.is_file() else 0o700)
    assert model_of(archive) == MODEL
    with fresh_gallery(MODEL) as other:
        assert import_gallery(archive, other) == Imported(4, 9, 2, 0, 0)
        assert held(other) == before
        # Once more changes nothing.
        assert import_gallery(archive, other) == Imported(0, 0, 0, 4, 0)
        assert held(other) == before
    assert [one.name for one in tmp_path.iterdir()] == [name]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports") / "town"
    with fresh_gallery(MODEL) as store:
        filled(store)
        export_gallery(store, folder)
    return folder


def test_what_was_forgotten_stays_so_and_what_is_there_stays_as_it_is(archive: Path) -> None:
    with fresh_gallery(MODEL) as store:
        store.set_camera(Camera("door", "mine", 7.0))
        assert import_gallery(archive, store).tracklets == 9
        people = {person.name: person.id for person in store.people()}
        store.forget(people=[people["Anna Berg"]], recordings=["cafe03"], tracklets=["cafe01/3"])
        carla = store.add_person("Carla")
        store.assign(["cafe01/2"], carla.id)
        before = held(store)
        assert before[1][1] == Camera("door", "mine", 7.0)
        again = import_gallery(archive, store)
        assert again == Imported(0, 0, 0, 3, 6)
        assert held(store) == before


def test_an_interrupted_import_goes_on(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fresh_gallery(MODEL) as whole:
        import_gallery(archive, whole)
        wanted = held(whole)
    with fresh_gallery(MODEL) as store:
        add, count = PostgresGallery.add, 0

        def interrupted(self, *given) -> bool:
            nonlocal count
            if (count := count + 1) == 3:
                raise KeyboardInterrupt
            return add(self, *given)

        with monkeypatch.context() as patch:
            patch.setattr(PostgresGallery, "add", interrupted)
            with pytest.raises(KeyboardInterrupt):
                import_gallery(archive, store)
        done = import_gallery(archive, store)
        assert (done.recordings, done.known) == (2, 2)
        assert held(store) == wanted


def test_another_model_is_refused(archive: Path) -> None:
    with (
        fresh_gallery(Model("other", "cd" * 32)) as store,
        pytest.raises(PasserbyError, match=r"features of 'toy' .* those of 'other' .* Nothing was"),
    ):
        import_gallery(archive, store)


def test_nobody_who_is_forgotten_meanwhile_is_in_an_export(tmp_path: Path) -> None:
    with fresh_gallery(MODEL) as store:
        people = filled(store)

        def forget(done: int, total: int) -> None:
            if done == total and store.people():
                store.forget(people=list(people.values()))

        with pytest.raises(PasserbyError, match="somebody was forgotten while"):
            export_gallery(store, tmp_path / "town", forget)
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        fresh_gallery(MODEL) as store,
        pytest.raises(PasserbyError, match="could not write"),
    ):
        export_gallery(store, tmp_path / "file" / "town")


Damage = Callable[[Path], None]


def _lines(file: str, change: Callable[[dict], object]) -> Damage:
    """Change the first line of a file, and all digests up to the first one: an honest forgery."""

    def damage(folder: Path) -> None:
        path = folder / file
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        change(lines[0])
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        _seal(folder)

    return damage


def _about(file: str, change: Callable[[dict], object]) -> Damage:
    def damage(folder: Path) -> None:
        about = json.loads((folder / file).read_text())
        change(about)
        (folder / file).write_bytes(as_json(about))
        _seal(folder)

    return damage


def _bytes(file: str, content: bytes, *, seal: bool = True) -> Damage:
    def damage(folder: Path) -> None:
        (folder / file).write_bytes(content)
        if seal:
            _seal(folder)

    return damage


def _seal(folder: Path) -> None:
    top = json.loads((folder / "gallery.json").read_text())
    for recording in sorted((folder / "recordings").iterdir()):
        entries = recording / "entries.jsonl"
        lines = [json.loads(line) for line in entries.read_bytes().splitlines() if line[:1] == b"{"]
        for line in lines:
            if isinstance(line.get("crops"), list) and isinstance(line.get("number"), int):
                names = [f"{line['number']}-{place}.jpg" for place in range(len(line["crops"]))]
                files = [recording / "crops" / name for name in names]
                line["crops"] = [digest(f.read_bytes()) if f.exists() else "" for f in files]
        if lines:
            entries.write_text("".join(json.dumps(line) + "\n" for line in lines))
        about = json.loads((recording / "recording.json").read_text())
        if "digests" in about:
            about["digests"]["entries"] = digest(entries.read_bytes())
            if (features := recording / "features.safetensors").exists():
                about["digests"]["features"] = digest(features.read_bytes())
            (recording / "recording.json").write_bytes(as_json(about))
        top["digests"][recording.name] = digest((recording / "recording.json").read_bytes())
    for name in ("cameras.jsonl", "people.jsonl", "verdicts.jsonl"):
        top["digests"][name] = digest((folder / name).read_bytes())
    (folder / "gallery.json").write_bytes(as_json(top))


_FIRST = "recordings/cafe01"
_BOMB = b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_bytes("people.jsonl", b"", seal=False), "people.jsonl .* SHA-256 differs"),
        (_bytes(f"{_FIRST}/crops/0-0.jpg", b"x", seal=False), "0-0.jpg .* SHA-256 differs"),
        (_bytes(f"{_FIRST}/crops/0-0.jpg", b"x"), "0-0.jpg is no JPEG"),
        (_bytes(f"{_FIRST}/crops/0-0.jpg", b""), "0-0.jpg is no JPEG"),
        (_bytes(f"{_FIRST}/crops/0-0.jpg", _BOMB), "0-0.jpg is no JPEG"),
        (_bytes(f"{_FIRST}/crops/0-0.jpg", b"<svg/>"), "0-0.jpg is no JPEG"),
        (_bytes(f"{_FIRST}/features.safetensors", b"x"), "holds no embeddings"),
        (_bytes("people.jsonl", b"{]\n"), "people.jsonl in the export is damaged"),
        (_bytes("people.jsonl", b"[1]\n"), "people.jsonl .* damaged: it is no object"),
        (_bytes("people.jsonl", b"[" * 100_000), "people.jsonl in the export is damaged"),
        (_bytes("gallery.json", b"{}", seal=False), "is of the format 'None'"),
        (_about("gallery.json", lambda a: a.update(format="v9")), "format 'v9', and this Passerby"),
        (_about("gallery.json", lambda a: a.pop("model")), "gallery.json .* lacks 'model'"),
        (_about("gallery.json", lambda a: a["model"].update(metric="l7")), "metric is 'l7'"),
        (_about("gallery.json", lambda a: a["model"].update(hash=3)), "hash is no text"),
        (_about("gallery.json", lambda a: a["digests"].update({"../up": "x"})), "no recording"),
        (_about("gallery.json", lambda a: a["digests"].update(gone="x")), "lacks .*gone"),
        (_about(f"{_FIRST}/recording.json", lambda a: a["recording"].update(id="dead")), "of "),
        (_about(f"{_FIRST}/recording.json", lambda a: a["recording"].pop("camera")), "'camera'"),
        (_about(f"{_FIRST}/recording.json", lambda a: a["recording"].update(start="x")), "start"),
        (_about(f"{_FIRST}/recording.json", lambda a: a.pop("digests")), "'digests'"),
        (_lines(f"{_FIRST}/entries.jsonl", lambda e: e.update(number=1)), "is in it twice"),
        (_lines(f"{_FIRST}/entries.jsonl", lambda e: e.update(number=-1)), "number is no count"),
        (_lines(f"{_FIRST}/entries.jsonl", lambda e: e.update(number="../../x")), "is no count"),
        (_lines(f"{_FIRST}/entries.jsonl", lambda e: e.update(start=float("nan"))), "start is no"),
        (_lines(f"{_FIRST}/entries.jsonl", lambda e: e.update(sightings=[[1]])), "is damaged"),
        (_lines(f"{_FIRST}/entries.jsonl", lambda e: e.update(crops=7)), "is damaged"),
        (_lines(f"{_FIRST}/entries.jsonl", lambda e: e.update(number=77)), "77-0.jpg"),
        (_lines("people.jsonl", lambda p: p.update(consent="maybe")), "consent is 'maybe'"),
        (_lines("people.jsonl", lambda p: p.update(name="a\0b")), "name is no text"),
        (_lines("verdicts.jsonl", lambda v: v.update(same="yes")), "neither true nor false"),
        (_lines("cameras.jsonl", lambda c: c.update(retention_days=[])), "retention_days is no"),
    ],
)  # fmt: skip
def test_a_damaged_export_imports_nothing(
    archive: Path, tmp_path: Path, target: PostgresGallery, damage: Damage, said: str
) -> None:
    folder = tmp_path / "town"
    shutil.copytree(archive, folder)
    damage(folder)
    with pytest.raises(PasserbyError, match=said) as error:
        import_gallery(folder, target)
    assert "\n" not in str(error.value)
    assert (target.stats().recordings, target.people(), target.cameras()) == (0, (), ())


@pytest.fixture(scope="module")
def target():
    with fresh_gallery(MODEL) as store:
        yield store


def test_links_are_not_followed(archive: Path, tmp_path: Path, target: PostgresGallery) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes((archive / "people.jsonl").read_bytes())
    folder = tmp_path / "town"
    shutil.copytree(archive, folder)
    (folder / "people.jsonl").unlink()
    (folder / "people.jsonl").symlink_to(secret)
    with pytest.raises(PasserbyError, match=r"people\.jsonl' is no file of an export"):
        import_gallery(folder, target)


def _tar(file: Path, archive: Path, *members: tuple[tarfile.TarInfo, bytes]) -> None:
    with tarfile.open(file, "w") as tar:
        for one in sorted(archive.rglob("*")):
            if one.is_file():
                tar.add(one, one.relative_to(archive).as_posix())
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def _member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    return member


@pytest.mark.parametrize(
    "member",
    [
        _member("../escaped.txt"),
        _member("/tmp/escaped.txt"),
        _member("recordings/../../escaped.txt"),
        _member("recordings/cafe01/crops/../../../../escaped.jpg"),
        _member("recordings/x/crops/0-0.jpg", tarfile.SYMTYPE, "/etc/passwd"),
        _member("recordings/x/crops/0-0.jpg", tarfile.LNKTYPE, "gallery.json"),
        _member("recordings/x/crops/0-0.jpg", tarfile.CHRTYPE),
        _member("recordings/x/crops/0-0.jpg", tarfile.FIFOTYPE),
        _member("recordings", tarfile.SYMTYPE, "/tmp"),
        _member("people.jsonl"),  # a second one
        _member("note.txt"),
        _member("gallery.json\n"),
    ],
    ids=lambda member: f"{member.name!r} {member.type!r}",
)
def test_tricks_of_tar_files(
    archive: Path, tmp_path: Path, target: PostgresGallery, member: tarfile.TarInfo
) -> None:
    inner = tmp_path / "a" / "b" / "c"
    inner.mkdir(parents=True)
    _tar(inner / "town.tar", archive, (member, b"x" if member.isreg() else b""))
    with pytest.raises(PasserbyError, match="which no export does"):
        import_gallery(inner / "town.tar", target)
    assert [one.name for one in inner.iterdir()] == ["town.tar"]
    assert not list(tmp_path.rglob("escaped*"))
    assert target.stats().recordings == 0


@pytest.mark.parametrize("damage", ["truncated", "noise", "empty", "compressed"])
def test_damaged_tar_files(
    archive: Path, tmp_path: Path, target: PostgresGallery, damage: str
) -> None:
    file = tmp_path / "town.tar"
    _tar(file, archive)
    content = file.read_bytes()
    if damage == "compressed":
        with tarfile.open(file, "w:gz") as tar:
            tar.add(archive, ".")
    else:
        cut = content[: len(content) // 2 + 100]
        file.write_bytes({"truncated": cut, "noise": b"noise" * 999, "empty": b""}[damage])
    with pytest.raises(PasserbyError, match=r"is no whole tar file|copy it again as a whole"):
        import_gallery(file, target)
    with pytest.raises(PasserbyError, match="there is no export"):
        import_gallery(tmp_path / "none.tar", target)
    assert [one.name for one in tmp_path.iterdir()] == ["town.tar"]
    assert target.stats().recordings == 0
