"""`byhand` and `python -m byhand`."""

import sys


def main() -> None:
    """Run the command line, or say what it needs."""
    try:
        from byhand.cli.commands import app
    except ImportError as missing:
        sys.stderr.write(f"The command line needs an extra ({missing.name}): pip install 'byhand[cli]'\n")
        sys.exit(3)
    app()


if __name__ == "__main__":
    main()
