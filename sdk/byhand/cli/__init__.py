"""The command line. It is an extra, so that a program which only calls brings no tables and colours with it."""
