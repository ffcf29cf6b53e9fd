"""What reading one file may cost, and how its process is held to it."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost.

    `cpu`: whole seconds of computing, counted by the kernel, so that a busy machine refuses no
    file that an idle one reads. `wall`: seconds that pass, for a reader that waits for ever.
    `memory`: bytes on top of what the process holds before its first file.
    """

    cpu: int = 7
    wall: float = 180.0
    memory: int = 384 * 1024 * 1024


LIMITS = Limits()
"""A town's report as PDF takes a quarter of a second and 80 MB. With these bounds a bad file is
refused within 10 seconds and the whole run stays under 500 MB."""

RECOGNITION_SECONDS = 60
"""Computing granted for each picture that is recognised: two seconds on one core, counted over
all its threads, and a wide margin for slow machines."""

RECOGNITION_MEMORY = 2 * 1024 * 1024 * 1024
"""Bytes on top for the recogniser's models and pictures."""

_confined = False


def confine(limits: Limits, parent: int) -> None:
    """Binds this process, a child of `parent`, to its memory, its parent's life and silence."""
    global _confined
    _confined = True
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if sys.platform == "linux":
        # Die with the parent, however it dies.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(0)
    # Libraries write warnings where only results belong.
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (_data_size() + limits.memory, hard))


def grant_time(limits: Limits) -> None:
    """The seconds of one file from now on; the kernel ends a process that uses more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    seconds = int(used.ru_utime + used.ru_stime) + limits.cpu + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


def grant_recognition() -> None:
    """More time and memory for one picture that is to be recognised; nothing outside a worker.

    Called by whoever recognises, before each picture: so an ordinary file that loops is still
    ended after `Limits.cpu` seconds. Whoever calls bounds the number of pictures.
    """
    if not _confined:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft + RECOGNITION_SECONDS, hard))
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (_data_size() + RECOGNITION_MEMORY, hard))


def _data_size() -> int:
    """Bytes of data that the process holds now; 0 where the system does not tell."""
    try:
        fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return int(fields[5]) * resource.getpagesize()
