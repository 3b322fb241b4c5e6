"""The zip: what makes it refused, and that the same code gives the same bytes."""

import zipfile
from pathlib import Path

import pytest

from infra import archive, package
from infra.errors import PackageError

RUNTIME = "python3.13"
PURE = "Wheel-Version: 1.0\nTag: py3-none-any\n"


def make_zip(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return path


def test_a_missing_wheel_is_named() -> None:
    with pytest.raises(PackageError, match=r"typing-extensions==4\.16\.0"):
        archive.check_requirements(["app.py", "cffi-2.1.1.dist-info/WHEEL"], "cffi==2.1.1\ntyping_extensions==4.16.0")


def test_another_version_is_a_missing_wheel() -> None:
    with pytest.raises(PackageError, match=r"cffi==2\.1\.1"):
        archive.check_requirements(["cffi-2.1.0.dist-info/WHEEL"], "cffi==2.1.1")


def test_a_dependency_that_nobody_pinned_is_refused() -> None:
    with pytest.raises(PackageError, match="does not pin: pycparser"):
        archive.check_requirements(["cffi-2.1.1.dist-info/WHEEL", "pycparser-3.12.dist-info/WHEEL"], "cffi==2.1.1")


def test_names_are_compared_as_indexes_compare_them() -> None:
    archive.check_requirements(["python_ulid-4.1.0.dist-info/WHEEL"], "# Ids.\nPython.ULID==4.1.0  # pinned\n")


def test_an_unpinned_requirement_is_refused() -> None:
    with pytest.raises(PackageError, match="'cffi>=2' is not pinned"):
        archive.pins("cffi>=2")


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"pillow-1.0.dist-info/WHEEL": "Tag: cp313-cp313-linux_x86_64\n"}, "pillow-1.0 was built on this machine"),
        ({"PIL/_imaging.cpython-311-x86_64-linux-gnu.so": ""}, "compiled for another Python than python3.13"),
    ],
)
def test_what_lambda_cannot_load_is_refused(tmp_path: Path, files: dict[str, str], sentence: str) -> None:
    with (
        zipfile.ZipFile(make_zip(tmp_path / "made.zip", files)) as made,
        pytest.raises(PackageError, match=sentence),
    ):
        archive.check_wheels(made, RUNTIME)


def test_what_lambda_can_load_passes(tmp_path: Path) -> None:
    wheel = "Tag: cp313-cp313-manylinux_2_17_x86_64\nTag: cp313-cp313-manylinux2014_x86_64\n"
    files = {"a-1.dist-info/WHEEL": wheel, "a/b.cpython-313-x86_64-linux-gnu.so": "", "a/c.abi3.so": ""}
    with zipfile.ZipFile(make_zip(tmp_path / "made.zip", files)) as made:
        archive.check_wheels(made, RUNTIME)


def test_the_same_code_is_the_same_zip_and_is_compiled(tmp_path: Path) -> None:
    files = {
        "app.py": "WORDS = {'a', 'b', 'c'}\nprint('a' in {'a', 'b', 'c'})\n",
        "calm-1.0.dist-info/WHEEL": PURE,
        "calm/__init__.py": "",
        "calm/__pycache__/stale.cpython-310.pyc": "stale",
    }
    first = make_zip(tmp_path / "first.zip", files)
    second = make_zip(tmp_path / "second.zip", dict(reversed(files.items())))
    for path in (first, second):
        archive.finish(path, "calm==1.0", RUNTIME)
    assert first.read_bytes() == second.read_bytes()
    names = zipfile.ZipFile(first).namelist()
    assert "calm/__pycache__/stale.cpython-310.pyc" not in names
    assert len([name for name in names if name.endswith(".pyc")]) == 2


def test_a_zip_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_zip(tmp_path / "made.zip", {"app.py": "x" * 1000})
    monkeypatch.setattr(archive, "UNZIPPED_LIMIT_BYTES", 999)
    with pytest.raises(PackageError, match="unpacks to 1000 bytes"):
        archive.check_sizes(path)
    monkeypatch.setattr(archive, "ZIPPED_LIMIT_BYTES", 10)
    with pytest.raises(PackageError, match="the limit is 10"):
        archive.check_sizes(path)


def test_an_unknown_stage_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="there is live, test"):
        package.build(package.ROOT, "production", tmp_path)


def test_the_runtime_is_announced() -> None:
    assert package.about_runtime((3, 13)) == "Packaging for the Lambda runtime python3.13."
    assert "because this is Python 3.11. Build what you deploy with Python 3.13." in package.about_runtime((3, 11))
