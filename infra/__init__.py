"""Where Byhand stands: the description of its world in CloudFormation, and the making of the Lambda package.

    resources.yaml   every table, queue, bucket and key; also raised by the local stack and the tests
    lambda.yaml      what is laid over Chalice's template: environment, sizes, logs, the gateway's own answers
    alarms.yaml      what wakes somebody up
    package.py       `python -m infra.package STAGE OUT` merges the three with the code and checks the result

Nothing here is packaged itself.
"""
