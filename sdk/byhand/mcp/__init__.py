"""The local MCP server: the tools of the remote one, with keys that are made and kept on this machine.

    host ──stdio──► byhand-mcp ──HTTPS──► the deployment
                        │
                        └─ private keys and, if asked to, secrets, below the user's config folder

Neither the deployment nor the model ever sees a private key.
"""

import sys


def main() -> None:
    """Serve on stdio, or say what that needs."""
    try:
        from byhand.mcp.server import serve
    except ImportError as missing:
        sys.stderr.write(f"The MCP server needs an extra ({missing.name}): pip install 'byhand[mcp]'\n")
        sys.exit(3)
    sys.exit(serve())
