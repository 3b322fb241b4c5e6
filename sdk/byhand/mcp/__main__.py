"""`python -m byhand.mcp`."""

from byhand.mcp import main

if __name__ == "__main__":
    main()
