import pytest

from passerby.core.errors import PasserbyError
from passerby.server.extras import require


def test_a_missing_part_names_the_extra() -> None:
    with pytest.raises(PasserbyError, match=r"pip install 'passerby\[server\]'"):
        require("no_such_module.part")
