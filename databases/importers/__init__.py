"""Source formats: one module each, through bw2io. Runs only in the child process of ``databases.build``."""
