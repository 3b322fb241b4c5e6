"""Programs that were written for the qa product's original, of every generation, against this one."""
