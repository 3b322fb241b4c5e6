"""MCP: our door against the servers one would take otherwise, from nothing to the first answered call, and warm.

    make            what it is                                          needs
    ours            doors/mcp out of the package that is deployed       the package, and the runtime's SDK
    official        the official SDK's low-level server, over ASGI      bench/servers/official.txt
    fast            FastMCP, over ASGI                                  bench/servers/fast.txt
    awslabs_handler AWS Labs' handler for Lambda                        bench/servers/awslabs_handler.txt

All serve the tools of our manifest; their programs are in bench/servers. Each run is a fresh interpreter that sees one
make and nothing else, with everything compiled beforehand on all sides; the makes take turns, and medians are
compared. In none of them is who calls, how often, and the store.
"""

import compileall
import json
import os
import py_compile
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from bench import cold
from local.stack import ROOT

SERVERS, BUILT = ROOT / "bench" / "servers", ROOT / ".byhand" / "rivals"
MANIFEST = ROOT / "chalicelib" / "doors" / "mcp" / "manifests" / "tasks.json"
PATH = "/api/v1/mcp"
RUNS, WARM_CALLS = 9, 300
HANDSHAKES, MODERN = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"), "2026-07-28"
TASK_ID = "task_01kh0000000000000000000001"
ORDER = {
    "title": "Verify storefront signage", "description": "Take a clear photo of the sign.",
    "location": {"lat": 40.7128, "lng": -74.006}, "reward_usd": 25, "deadline": "2026-12-24T18:00:00Z",
    "proof_requirements": ["Photo of storefront sign"], "task_type": "VERIFICATION",
}  # fmt: skip
PROGRAM = """
import importlib, json, statistics, sys, time
sys.path[:0] = json.loads(sys.argv[1])
name, events, warm_calls = sys.argv[2], json.loads(sys.argv[3]), int(sys.argv[4])
began = time.perf_counter()
handle = importlib.import_module(f"servers.{name}").handle
first = handle(events[0])
ended = time.perf_counter()
warm = []
for _ in range(warm_calls):
    called = time.perf_counter()
    handle(events[0])
    warm.append(time.perf_counter() - called)
answers = [first, *(handle(event) for event in events[1:])]
print("\\n" + json.dumps({
    "cold_ms": 1e3 * (ended - began), "warm_us": 1e6 * statistics.median(warm),
    "bodies": [answer["body"] for answer in answers],
}))
"""


class OutOfReach(Exception):
    """The rivals are not here, and could not be fetched."""


class WrongAnswer(Exception):
    """A make answered something else than the task that all of them answer."""


@dataclass(frozen=True)
class Make:
    """One way to serve the tools: the module of its program, and the package whose version is its own."""

    module: str
    title: str
    package: str = ""


OURS = Make("ours", "ours")
RIVALS = (
    Make("official", "the official SDK", "mcp"), Make("fast", "FastMCP", "fastmcp"),
    Make("awslabs_handler", "AWS Labs' handler", "awslabs.mcp-lambda-handler"),
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """What one interpreter told: milliseconds to its first answer, microseconds of a later one, the eras it speaks."""

    cold_ms: float
    warm_us: float
    speaks: tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """One make over all its runs; times are medians, and bytes what would be unpacked in Lambda."""

    make: Make
    version: str
    speaks: tuple[str, ...]
    cold_ms: float
    warm_us: float
    unpacked_bytes: int


def measure(runs: int = RUNS) -> list[Measured]:
    """Ours first, then the rivals. Raises OutOfReach, and FileNotFoundError when there is no package."""
    built = {rival: fetched(rival) for rival in RIVALS}
    with cold.unpacked() as (task, sdk), programs() as folder:
        paths = {OURS: [folder, task, sdk]} | {rival: [folder, built[rival]] for rival in RIVALS}
        told: dict[Make, list[Run]] = {make: [] for make in paths}
        for _ in range(runs):
            for make, path in paths.items():
                told[make].append(run(make, path))
        return [_measured(make, told[make], path) for make, path in paths.items()]


def run(make: Make, path: Sequence[Path]) -> Run:
    """One fresh interpreter that sees `path`, and nothing that is installed anywhere else. Raises WrongAnswer."""
    events = [event("tools/call", {"name": "post_task", "arguments": ORDER}), *map(_hello, HANDSHAKES), _discover()]
    arguments = [json.dumps([str(one) for one in path]), make.module, json.dumps(events), str(WARM_CALLS)]
    command = [sys.executable, "-I", "-S", "-c", PROGRAM, *arguments]
    environment = {"MANIFEST": str(MANIFEST), "PATH": os.environ["PATH"]}
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{make.title}:\n{done.stderr}")
    return read_run(make, done.stdout)


def read_run(make: Make, output: str) -> Run:
    """What the last line that an interpreter printed says. Raises WrongAnswer unless it answered the task."""
    told = json.loads(output.splitlines()[-1])
    called, *hellos = [json.loads(body).get("result", {}) for body in told["bodies"]]
    if called.get("isError") or _task_id(called) != TASK_ID:
        raise WrongAnswer(f"{make.title}: {told['bodies'][0]}")
    return Run(told["cold_ms"], told["warm_us"], _spoken(hellos))


def _task_id(result: Mapping[str, Any]) -> str | None:
    """What a call's text names; all makes put the answer there, and only some of them elsewhere too."""
    try:
        return str(json.loads(result["content"][0]["text"])["task_id"])
    except (KeyError, IndexError, ValueError):
        return None


def _spoken(hellos: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The revisions that a server took up when it was greeted in them."""
    *handshakes, discovered = hellos
    greeted = zip(HANDSHAKES, handshakes, strict=True)
    taken = [version for version, hello in greeted if hello.get("protocolVersion") == version]
    return (*taken, *(one for one in discovered.get("supportedVersions", ()) if one not in taken))


def _measured(make: Make, runs: Sequence[Run], path: Sequence[Path]) -> Measured:
    return Measured(
        make, _version(make, path[1]), runs[0].speaks, statistics.median(run.cold_ms for run in runs),
        statistics.median(run.warm_us for run in runs), _bytes(path[1]),
    )  # fmt: skip


# What they are made of ------------------------------------------------------------------------------------------------


def fetched(make: Make) -> Path:
    """A folder with what a rival needs, as it would be packaged for Lambda. Raises OutOfReach."""
    needed = SERVERS / f"{make.module}.txt"
    folder, stamp = BUILT / make.module, f"{sys.version}\n{needed.read_text()}"
    ready = folder.with_suffix(".ready")
    if not (ready.exists() and ready.read_text() == stamp):
        shutil.rmtree(folder, ignore_errors=True)
        command = ["pip", "install", "-qq", "--disable-pip-version-check", "--no-compile", "--target", str(folder)]
        done = subprocess.run(
            [sys.executable, "-m", *command, "-r", str(needed)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise OutOfReach(f"{make.title} could not be fetched: {done.stderr.strip().splitlines()[-1]}")
        _compile(folder)
        ready.write_text(stamp)
    return folder


@contextmanager
def programs() -> Iterator[Path]:
    """A folder in which the package `servers` lies alone, so that no program sees the rest of the repository."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(SERVERS, Path(folder) / "servers", ignore=shutil.ignore_patterns("__pycache__"))
        _compile(Path(folder))
        yield Path(folder)


def _compile(folder: Path) -> None:
    """Compiled as our package is: never checked against its source again."""
    compileall.compile_dir(folder, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)


def _version(make: Make, folder: Path) -> str:
    found = metadata.distributions(name=make.package, path=[str(folder)]) if make.package else ()
    return next((one.version for one in found), "this one")


def _bytes(folder: Path) -> int:
    """How much there is to unpack; the SDK comes with the runtime, so nobody has to bring it."""
    kept = [one for one in folder.iterdir() if one.name not in cold.SDK and one.name != "bin"]
    files = [file for one in kept for file in ([one] if one.is_file() else one.rglob("*"))]
    return sum(file.stat().st_size for file in files if file.is_file())


# What they are asked --------------------------------------------------------------------------------------------------


def event(method: str, params: Mapping[str, Any], version: str = HANDSHAKES[-2]) -> dict[str, Any]:
    """A request to the endpoint as API Gateway hands it on."""
    headers = {
        "content-type": "application/json", "accept": "application/json, text/event-stream",
        "mcp-protocol-version": version,
    }  # fmt: skip
    if version == MODERN:
        headers["mcp-method"] = method
    return cold.event("POST", PATH, headers, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params})


def _hello(version: str) -> dict[str, Any]:
    client = {"name": "bench", "version": "1"}
    said = {"protocolVersion": version, "capabilities": {}, "clientInfo": client}
    return event("initialize", said, version)


def _discover() -> dict[str, Any]:
    of_mcp = "io.modelcontextprotocol/"
    meta = {f"{of_mcp}protocolVersion": MODERN, f"{of_mcp}clientCapabilities": {}}
    return event("server/discover", {"_meta": meta}, MODERN)


if __name__ == "__main__":
    for one in measure():
        print(one)
