"""Data sets by name."""

from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.data.readers import READERS, options_of, read_dataset


@pytest.mark.parametrize("name", READERS)
def test_every_reader_takes_a_root_and_says_what_it_wants(name: str, tmp_path: Path):
    assert READERS[name].__doc__
    if name != "rendered":  # it needs no folder
        with pytest.raises(PasserbyError):
            read_dataset(name, tmp_path / "nothing")


def test_options_reach_the_reader(tmp_path: Path):
    with pytest.raises(PasserbyError, match="viper has no split 11"):
        read_dataset("viper", tmp_path, {"split": 11})


def test_unknown_names_and_options_list_the_known_ones(tmp_path: Path):
    with pytest.raises(PasserbyError, match=r"'market'; choose one of market1501, msmt17"):
        read_dataset("market", tmp_path)
    with pytest.raises(PasserbyError, match=r"cuhk01 has no option 'seed'; .*repeat: int = 0"):
        read_dataset("cuhk01", tmp_path, {"seed": 1})
    with pytest.raises(PasserbyError, match="it takes no options"):
        read_dataset("dukemtmc", tmp_path, {"seed": 1})
    assert list(options_of("cuhk03")) == ["boxes", "protocol", "split", "repeat", "gallery"]


def test_values_of_another_type_are_refused(tmp_path: Path):
    with pytest.raises(PasserbyError, match="cuhk01's option repeat is 'x'; it takes a whole num"):
        read_dataset("cuhk01", tmp_path, {"repeat": "x"})
    with pytest.raises(PasserbyError, match="rendered's option people is 'x'"):
        read_dataset("rendered", None, {"people": "x"})
    with pytest.raises(PasserbyError, match="viper has no split 11"):
        read_dataset("viper", tmp_path, {"split": "11"})


def test_a_folder_is_needed_except_by_the_rendered_world():
    small = {"people": 1, "test_people": 1, "cameras": 2, "shots": 2}
    assert len(read_dataset("rendered", None, small).query) == 2
    with pytest.raises(PasserbyError, match="market1501 needs its folder: passerby evaluate"):
        read_dataset("market1501")
