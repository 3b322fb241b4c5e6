"""Makes what is deployed: `python -m infra.package STAGE OUT`.

    OUT/sam.json           the template to deploy
    OUT/deployment.zip     the code, which the template names
    OUT/translated.json    what CloudFormation will make of the template; for reading only

The Lambda runtime is the Python that runs this command, because Chalice has no setting for it. Any fault ends it with a
sentence and exit code 1, and then OUT holds no template, so that nothing half-made can be deployed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from infra import archive, templates
from infra.errors import PackageError

ROOT = Path(__file__).resolve().parent.parent
PREFERRED = (3, 13)
MADE = ("sam.json", "deployment.zip", "translated.json")


def main(arguments: list[str]) -> int:
    """Package one stage; the exit code says whether the result may be deployed."""
    reader = argparse.ArgumentParser(prog="python -m infra.package", description="Make one stage's Lambda package.")
    reader.add_argument("stage", help="a stage of .chalice/config.json")
    reader.add_argument("out", type=Path, help="the folder to fill")
    read = reader.parse_args(arguments)
    print(about_runtime(sys.version_info[:2]))
    try:
        build(ROOT, read.stage, read.out.resolve())
    except PackageError as fault:
        forget(read.out)
        print(f"Not packaged: {fault}", file=sys.stderr)
        return 1
    print(farewell(read.stage, read.out))
    return 0


def build(root: Path, stage: str, out: Path) -> None:
    """Fill `out`. Raises PackageError at the first fault."""
    check_stage(root, stage)
    forget(out)
    with tempfile.TemporaryDirectory() as folder:
        gather(root, Path(folder))
        run_chalice(Path(folder), stage, out)
    template = templates.point_at_alias(json.loads((out / "sam.json").read_text()))
    templates.write(template, out / "sam.json")
    archive.finish(out / "deployment.zip", (root / "requirements.txt").read_text(), templates.runtime_of(template))
    templates.lint(out / "sam.json")
    templates.write(templates.translate(template), out / "translated.json")
    templates.lint(out / "translated.json")


def check_stage(root: Path, stage: str) -> None:
    """Chalice packages a stage it has never heard of without a word, and without its environment."""
    known = sorted(json.loads((root / ".chalice" / "config.json").read_text())["stages"])
    if stage not in known:
        raise PackageError(f"There is no stage '{stage}' in .chalice/config.json; there is {', '.join(known)}.")


def gather(root: Path, folder: Path) -> None:
    """Copy what belongs in a package, and nothing else, to where Chalice will run.

    In the working folder Chalice would zip every stray file and .pyc, and would reuse an earlier zip from which a wheel
    was missing. A copy also proves that the code imports nothing that is not packaged.
    """
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "deployed", "deployments", ".*.swp", ".DS_Store")
    for name in ("app.py", "requirements.txt"):
        shutil.copy(root / name, folder / name)
    for name in (".chalice", "chalicelib", "vendor"):
        if (root / name).is_dir():
            shutil.copytree(root / name, folder / name, ignore=ignored)
    # Chalice knows of no other files than code, but lays what is in vendor/ beside app.py, where these belong.
    shutil.copytree(root / "web", folder / "vendor" / "web", ignore=ignored)


def run_chalice(folder: Path, stage: str, out: Path) -> None:
    """Let Chalice make its template and its zip, with ours laid over."""
    laid_over = folder / ".chalice" / "overlay.json"
    laid_over.write_text(json.dumps(templates.overlay(stage)))
    entry = "from chalice.cli import main; raise SystemExit(main())"
    command = [sys.executable, "-c", entry, "package", "--stage", stage, "--merge-template", str(laid_over), str(out)]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PackageError(f"chalice package failed:\n{done.stdout}{done.stderr}")


def environment() -> dict[str, str]:
    """Chalice asks for a region although it calls nobody, and must not leave .pyc files beside what it is to zip."""
    return {"AWS_DEFAULT_REGION": templates.REGION} | os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}


def forget(out: Path) -> None:
    """Leave nothing of an earlier package, so that a failed build cannot be mistaken for a good one."""
    for name in MADE:
        (out / name).unlink(missing_ok=True)


def about_runtime(version: tuple[int, int]) -> str:
    """Which runtime this interpreter makes, and which one to prefer."""
    made, preferred = (f"{major}.{minor}" for major, minor in (version, PREFERRED))
    if made == preferred:
        return f"Packaging for the Lambda runtime python{made}."
    return (
        f"Packaging for the Lambda runtime python{made}, because this is Python {made}. "
        f"Build what you deploy with Python {preferred}."
    )


def farewell(stage: str, out: Path) -> str:
    """What to run next."""
    megabytes = (out / "deployment.zip").stat().st_size / 1_000_000
    return (
        f"Packaged {stage}: {out}/sam.json and deployment.zip ({megabytes:.1f} MB). To deploy it:\n"
        f"  aws cloudformation package --template-file {out}/sam.json --s3-bucket BUCKET"
        f" --use-json --output-template-file {out}/packaged.json\n"
        f"  aws cloudformation deploy --template-file {out}/packaged.json --s3-bucket BUCKET"
        f" --stack-name byhand-{stage} --capabilities CAPABILITY_IAM"
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
