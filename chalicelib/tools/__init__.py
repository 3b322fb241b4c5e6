"""The MCP endpoints, one module each, so that only a container that is asked for its tools has their modules run."""
