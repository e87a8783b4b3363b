"""What /metrics tells of the process itself, beside Till's own counters."""
import os
import time

import pytest

from server import SANITIZED, till


def test_metrics_of_the_process_have_the_usual_names_and_its_values(serve):
    server = serve()
    pid = server.pid
    assert server.metric("till_build_info", f'version="{till("--version").stdout.split()[-1]}"') == 1
    assert 0 < server.metric("process_cpu_seconds_total") < 60
    assert abs(server.metric("process_open_fds") - len(os.listdir(f"/proc/{pid}/fd"))) <= 2  # a client's connection may be closing
    assert server.metric("process_max_fds") >= 256
    assert server.metric("process_virtual_memory_bytes") >= server.metric("process_resident_memory_bytes")
    if not SANITIZED:
        assert server.metric("process_resident_memory_bytes") == pytest.approx(server.memory_kib() * 1024, rel=0.2)
    started = server.metric("process_start_time_seconds")
    assert started == pytest.approx(os.stat(f"/proc/{pid}").st_ctime, abs=60) or abs(started - time.time()) < 60
    assert server.metric("process_start_time_seconds") == started
