"""One machine, one command: real engines from wheels, and the processes beside them."""
