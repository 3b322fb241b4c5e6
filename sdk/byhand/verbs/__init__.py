"""Every call, described once for both clients: a flow for one answer, a stream for many."""
