"""What the whole life of a task or a job costs in dollars, at AWS's published on-demand prices.

us-east-1, x86, as of November 2026; free tiers and discounts are left out. Look at the pricing pages before you rely
on them. What no emulator
can tell, the time that a function runs in the cloud and what it logs, is an assumption, said here and on the page.
"""

from dataclasses import dataclass

from bench.meter import Cost

MILLION = 1_000_000

# Dollars for one of each.
WRITE_UNIT, READ_UNIT = 0.625 / MILLION, 0.125 / MILLION
GATEWAY_REQUEST = 3.50 / MILLION
LAMBDA_REQUEST, LAMBDA_GB_SECOND = 0.20 / MILLION, 0.0000166667
SQS_REQUEST = 0.40 / MILLION
S3_PUT, S3_GET = 5.00 / MILLION, 0.40 / MILLION
LOGS_GB = 0.50

# Assumptions: nobody has measured these in the cloud.
REQUEST_SECONDS, REQUEST_GB = 0.060, 1.0
JOB_SECONDS, JOB_GB = 0.060, 0.5
LOG_BYTES = 1_000
# A consumer receives and deletes each message beside the one call that sent it.
SQS_CALLS_PER_MESSAGE = 3


@dataclass(frozen=True)
class Life:
    """What one of them asks for, from its order until all is done."""

    cost: Cost
    requests: int
    jobs: int

    def dollars(self) -> dict[str, float]:
        """By service."""
        puts = sum(n for name, n in self.cost.calls.items() if name == "s3.PutObject")
        compute = self.requests * REQUEST_SECONDS * REQUEST_GB + self.jobs * JOB_SECONDS * JOB_GB
        return {
            "DynamoDB": self.cost.writes * WRITE_UNIT + self.cost.reads * READ_UNIT,
            "API Gateway": self.requests * GATEWAY_REQUEST,
            "Lambda": (self.requests + self.jobs) * LAMBDA_REQUEST + compute * LAMBDA_GB_SECOND,
            "SQS": self.jobs * SQS_CALLS_PER_MESSAGE * SQS_REQUEST,
            "S3": puts * S3_PUT + (self.cost.files - puts) * S3_GET,
            "Logs": (self.requests + self.jobs) * LOG_BYTES / 1e9 * LOGS_GB,
        }
