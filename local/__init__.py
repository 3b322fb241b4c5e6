"""A laptop that looks like AWS: the store, the stack, the API, the queues and the schedules, in one command.

    store.py                      where the data is, by name
      ministack.py, tether.py     ... in a child process that keeps it and never outlives us
      strict.py, traffic.py       ... in moto, made fit for races
    stack.py                      raises infra/resources.yaml there, and says what the functions' environment is
    settings.py                   the rest of a laptop's environment: test mode, no real credentials, loopback only
    consume.py, ticks.py          what Lambda's event sources do in the cloud
    runner.py                     LocalStack: all of it together, for `make run`, for demos and for tests
    credentials.py, screen.py     what a person needs to begin
    __main__.py                   `python -m local`, which is `make run`

None of it is packaged for Lambda, and nothing in chalicelib knows that it exists.
"""
