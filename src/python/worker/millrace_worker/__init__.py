"""The programs that run action nodes: `zygote` forks workers that run calls, `describe` reads a
solution's scripts. The binary carries the modules of this package; `carried` makes a package of
them again, inside the sandbox, where there is no file to import them from."""
