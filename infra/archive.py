"""The zip that Lambda unpacks: proved complete, given its .pyc files, and the same bytes for the same code.

Chalice leaves four things to us. It exits 0 when a wheel could not be had, and the function then fails at its first
import. Where no wheel fits Lambda it quietly builds one from source, against libraries that only this machine has. It
ships no .pyc, and /var/task is read-only, so that every cold start would compile every module. And its zip carries the
time of day, so that nobody can tell whether two deployments differ.
"""

import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from infra.errors import PackageError

ZIPPED_LIMIT_BYTES = 50 * 1024 * 1024
UNZIPPED_LIMIT_BYTES = 250 * 1024 * 1024
LONG_AGO = (1980, 1, 1, 0, 0, 0)
PIN = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[A-Za-z0-9.!+_-]+)")
BUILT_HERE = re.compile(r"^Tag: .*-linux_\w+$", re.MULTILINE)
COMPILED_FOR = re.compile(r"\.cpython-(\d+)[^/]*\.so$")


def finish(path: Path, requirements: str, runtime: str) -> None:
    """Check what Chalice zipped, add what it leaves out, and refuse what Lambda would not take."""
    with zipfile.ZipFile(path) as made, tempfile.TemporaryDirectory() as folder:
        check_requirements(made.namelist(), requirements)
        check_wheels(made, runtime)
        made.extractall(folder)
        compile_modules(Path(folder))
        write_zip(Path(folder), path)
    check_sizes(path)


def pins(requirements: str) -> dict[str, str]:
    """Name and version of every line in a requirements file. Each must be pinned, or two builds could differ."""
    found = {}
    for line in (line.partition("#")[0].strip() for line in requirements.splitlines()):
        if not line:
            continue
        pin = PIN.fullmatch(line)
        if pin is None:
            raise PackageError(f"requirements.txt: '{line}' is not pinned as name==version.")
        found[canonical(pin["name"])] = pin["version"]
    return found


def check_requirements(names: Iterable[str], requirements: str) -> None:
    """Every pinned requirement is in the zip, in its pinned version. Raises PackageError naming all that are not."""
    folders = {name.partition("/")[0] for name in names}
    stems = [folder.removesuffix(".dist-info") for folder in folders if folder.endswith(".dist-info")]
    present = {canonical(name): version for name, _, version in (stem.partition("-") for stem in stems)}
    wanted = pins(requirements)
    absent = sorted(f"{name}=={version}" for name, version in wanted.items() if present.get(name) != version)
    if absent:
        raise PackageError(
            f"There is no wheel in the package for {', '.join(absent)}: "
            "the package index has none that this Lambda runtime can load, or could not be reached."
        )
    uninvited = sorted(present.keys() - wanted.keys())
    if uninvited:
        raise PackageError(f"The package holds what requirements.txt does not pin: {', '.join(uninvited)}.")


def check_wheels(made: zipfile.ZipFile, runtime: str) -> None:
    """Every wheel with compiled parts was published for Lambda's Linux, and for the Python that will load it."""
    version = runtime.removeprefix("python").replace(".", "")
    for name in made.namelist():
        if name.endswith(".dist-info/WHEEL") and BUILT_HERE.search(made.read(name).decode()):
            raise PackageError(
                f"{name.partition('.dist-info')[0]} was built on this machine, since the package index has no wheel "
                f"of it for Lambda's {runtime}. Use another Python or pin a version that has one."
            )
        if (found := COMPILED_FOR.search(name)) and found[1] != version:
            raise PackageError(f"{name} was compiled for another Python than {runtime}.")


def compile_modules(folder: Path) -> None:
    """Put a .pyc beside every module, and leave none that came with it.

    They are trusted without a look at the source (unchecked hash), since nothing can change the source in Lambda. A
    process of its own with a fixed hash seed, and one worker, keep the bytes the same from build to build.
    """
    for stale in folder.rglob("*.pyc"):
        stale.unlink()
    command = [
        *(sys.executable, "-m", "compileall", "-qq", "-j", "1", "-s", str(folder), "-p", "/var/task"),
        *("--invalidation-mode", "unchecked-hash", str(folder)),
    ]
    # A dependency may ship a file that this version cannot compile, and never import it: the exit code says nothing.
    subprocess.run(command, check=False, env=os.environ | {"PYTHONHASHSEED": "0"})


def write_zip(folder: Path, path: Path) -> None:
    """Zip a folder so that the bytes depend on its content alone: sorted names, one time, one mode."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted(file for file in folder.rglob("*") if file.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            made.writestr(entry, file.read_bytes())


def check_sizes(path: Path) -> None:
    """Lambda takes 250 MB unzipped; 50 MB zipped is the most that can be uploaded without S3, and a good bound."""
    zipped = path.stat().st_size
    with zipfile.ZipFile(path) as made:
        unzipped = sum(entry.file_size for entry in made.infolist())
    if zipped > ZIPPED_LIMIT_BYTES:
        raise PackageError(f"The zip has {zipped} bytes; the limit is {ZIPPED_LIMIT_BYTES}.")
    if unzipped > UNZIPPED_LIMIT_BYTES:
        raise PackageError(f"The zip unpacks to {unzipped} bytes; the limit is {UNZIPPED_LIMIT_BYTES}.")


def canonical(name: str) -> str:
    """A distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
