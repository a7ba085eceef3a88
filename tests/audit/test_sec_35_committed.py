"""SEC-35 for what happens to entries that were committed before: in a database of its own."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.audit.drivers import drivers_in
from tests.audit.drivers.checking import leaves_one_entry
from tests.audit.drivers.core import COMMITTED
from tests.audit.drivers.scene import Scene
from tests.cast import City


@pytest.mark.parametrize("code", sorted(COMMITTED))
def test_sec_35_one_act_on_committed_entries_one_entry(own_database, tmp_path: Any, code: str):
    nobody = cast(City, SimpleNamespace(accounts={}))
    leaves_one_entry(Scene(nobody, tmp_path, None), code, drivers_in(COMMITTED)[code])
