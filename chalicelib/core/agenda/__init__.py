"""Everything that must happen later, in one place: the row is the job, a message is only the doorbell."""
