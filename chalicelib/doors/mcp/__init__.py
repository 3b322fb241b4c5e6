"""MCP: the same verbs as over HTTP, as tools that a model calls. Stateless: every message is answered by itself."""
