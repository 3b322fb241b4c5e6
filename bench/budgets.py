"""How many calls to AWS each route may make: one line for each kind of route, and one, with its reason, for each route
that needs more than its kind.

Counted in live wiring, without conflicts, without the bells and without the bytes of files. Every route but those for
anyone begins with the caller (an admin is known without a call) and the rate counter.
"""

from dataclasses import dataclass

A, W, O, T = "/api/v1/admin", "/api/v1/webhooks/endpoints", "/api/v1/operator", "/api/v1/tasks"  # noqa: E741 short, so that a line stays one
J = "/api/tester/jobs"


@dataclass(frozen=True)
class Budget:
    """What routes of one kind may call, or why one route may call more."""

    kind: str
    calls: int
    routes: tuple[str, ...]
    reason: str = ""


KINDS = (
    Budget("the same for everybody: rate", 1, (
        "GET /api/openapi.json", "GET /api/docs", "GET /llms.txt", "GET /operator", "GET /operator/{version}/{file}",
        "GET /api/files/{token}", "GET /api/avatars/{avatar}",
    )),
    Budget("a new account: rate, commit", 2, ("POST /api/v1/agents/register", f"POST {O}/register")),
    Budget("read of one object: caller, rate, object", 3, (
        "GET /api/v1/agents/balance", f"GET {T}/{{task_id}}", f"GET {T}/categories", f"GET {T}/quote",
        f"GET {W}/{{endpoint_id}}", f"GET {O}/me", f"GET {O}/payout/status/{{payout_id}}",
        f"GET {A}/agents/{{agent_id}}", f"GET {A}/operators/{{operator_id}}", f"GET {A}/task-types",
        "POST /api/analyze-issue", "POST /api/pr-analyzer",
        f"GET {A}/books/proof", "GET /api/job/{job_id}", "GET /api/jobs/{job_id}", "GET /api/jobs/{job_id}/status",
    )),
    Budget("list, first page: caller, rate, rows, and what counts or fills them", 4, (
        f"GET {T}", f"GET {O}/tasks", f"GET {O}/tasks?scope=mine", f"GET {O}/events", f"GET {O}/payouts",
        f"GET {O}/earnings", f"GET {O}/earnings/history", "GET /api/v1/events", "GET /api/v1/agents/deposits",
        "GET /api/v1/agents/keys", f"GET {W}", f"GET {W}/{{endpoint_id}}/deliveries", f"GET {A}/operators",
        f"GET {A}/payouts", f"GET {A}/disputes", f"GET {A}/audit", f"GET {A}/agenda/dead",
        f"GET {A}/accounts/{{owner_id}}/statement", "GET /api/jobs", f"GET {J}", f"GET {J}?scope=mine",
        f"GET {A}/agents/{{agent_id}}/repositories",
    )),
    Budget("list, behind a cursor: caller, rate, rows", 3, tuple(f"GET {path}, behind a cursor" for path in (
        T, f"{O}/tasks", f"{O}/events", f"{O}/payouts", f"{O}/earnings/history", "/api/v1/events",
        "/api/v1/agents/deposits", f"{W}/{{endpoint_id}}/deliveries", f"{A}/operators", f"{A}/payouts",
        f"{A}/disputes", f"{A}/audit", f"{A}/agenda/dead", f"{A}/accounts/{{owner_id}}/statement",
        "/api/jobs", J, f"{A}/agents/{{agent_id}}/repositories",
    ))),
    Budget("a deed: caller, rate, what it is about, commit", 4, (
        f"POST {T}", *(f"POST {T}/{{task_id}}/{verb}" for verb in ("cancel", "verify", "dispute", "estimate/approve")),
        *(f"{verb} {T}/{{task_id}}/retrieve-credential" for verb in ("GET", "POST")),
        "POST /api/v1/agents/keys", "POST /api/v1/agents/deposit/usdc", "POST /api/v1/agents/deposit/status",
        f"POST {W}", f"PATCH {W}/{{endpoint_id}}", f"DELETE {W}/{{endpoint_id}}",
        f"POST {W}/{{endpoint_id}}/rotate", f"POST {W}/{{endpoint_id}}/test",
        f"POST {O}/tasks/{{task_id}}/accept", f"POST {O}/upload", f"PATCH {O}/me", "POST /api/v1/webhooks/kyc",
        "POST /api/tester/uploads",
    )),
    Budget("a deed of the backoffice: rate, two looks, commit", 4, (
        f"POST {A}/agenda/rerun", f"POST {A}/agenda/drop", f"POST {A}/books/prove",
        f"POST {A}/disputes/{{dispute_id}}/resolve", f"POST {A}/tasks/{{task_id}}/dispute",
        f"POST {A}/jobs/{{job_id}}/dispute", f"POST {A}/jobs/{{job_id}}/dispute/resolve",
        f"POST {A}/tasks/{{task_id}}/cancel", f"POST {A}/task-types/{{task_type}}",
        f"POST {A}/payouts/pause", f"POST {A}/payouts/resume", f"POST {A}/payouts/{{payout_id}}/release",
        f"POST {A}/payouts/{{payout_id}}/fail", *(
            f"POST {A}/operators/{{operator_id}}/{verb}" for verb in ("kyc", "suspend", "unsuspend")),
        f"POST {A}/agents/{{agent_id}}/repositories", f"POST {A}/agents/{{agent_id}}/repositories/withdraw",
    )),
    Budget("a deed on one's own work: caller, rate, the assignment, the task or job it leads to, commit", 5, (
        f"POST {O}/tasks/{{task_id}}/start", f"POST {O}/tasks/{{task_id}}/submit",
        *(f"POST {J}/{{job_id}}/{verb}" for verb in ("submit", "abandon", "reject")),
    )),
)  # fmt: skip

EXCEPTIONS = (
    Budget("", 4, (f"GET {O}/tasks/{{task_id}}", f"GET {J}/{{job_id}}"),
           "The account that a task or a job lies under is found on the board first."),
    Budget("", 4, (f"GET {O}/tasks?scope=mine, behind a cursor", f"GET {J}?scope=mine, behind a cursor"),
           "Where each stands is its own to say; a copy on the board would be one write more for every move."),
    Budget("", 5, ("POST /api/jobs",), "Where issues are to be opened, it is asked too whether they may be."),
    Budget("", 5, (f"POST {J}/{{job_id}}/claim",),
           "The opening says where the job lies, and all about the job is answered: its tester begins at once."),
    Budget("", 6, (f"POST {J}/{{job_id}}/extend",),
           "All about the job is answered, and read only when the head says that there is more time to give."),
    Budget("", 9, ("POST /api/run",),
           "An order, a place among the account's waits taken and given back, two small looks, and the job at its end; "
           "every look more is one call more."),
    Budget("", 5, ("GET /api/v1/operators/search",),
           "Neighbouring cells are read in a few stretches, however many people work there."),
    Budget("", 6, (f"GET {A}/books/trial-balance",),
           "The house has no row of its own: what a day moved lies in four shards, beside the last closing."),
    Budget("", 5, (f"POST {T}/{{task_id}}/estimate/reject",), "The opening is read too, to be put back on the board."),
    Budget("", 6, (f"POST {O}/tasks/{{task_id}}/release",),
           "Whether the agent is suspended is asked too: such work must not come back on the board."),
    Budget("", 5, (f"POST {T}/{{task_id}}/rate",), "The operator's sum is read too, since its average is answered."),
    Budget("", 5, ("DELETE /api/v1/agents/keys/{key_id}",),
           "The account's keys are listed, then read whole: the last one may not go."),
    Budget("", 5, (f"POST {W}/{{endpoint_id}}/deliveries/{{delivery_id}}/redeliver",),
           "The event to send again is known only from the log of the first time."),
    Budget("", 5, ("POST /api/v1/agents/deposit",),
           "Where a provider is asked while the agent waits, the order is committed before and its answer after."),
    Budget("", 6, ("POST /api/v1/webhooks/dlocal",),
           "Anybody's payment: its id leads to the account, the account to the order, the order to the book."),
    Budget("", 5, (f"POST {O}/payout",),
           "What was paid out today and before, and the switches, which every payout has to look at."),
    Budget("", 5, (f"POST {A}/deposits/{{transaction_id}}/refund",),
           "The id leads to the account, the account to the deposit, and the book says what is left."),
    Budget("", 5, (f"POST {A}/agents/{{agent_id}}/suspend", f"POST {A}/agents/{{agent_id}}/unsuspend"),
           "Each key of the account is told, so that no request has to look at the account."),
    Budget("", 12, ("GET /api/health",), "It asks each of eleven tables."),
    Budget("", 34, ("POST /api/v1/test/clock",),
           "It moves the clock, looks what is due and sweeps, 16 shards each; live has no such route."),
)  # fmt: skip

BUDGETS = {route: budget for budget in (*KINDS, *EXCEPTIONS) for route in budget.routes}
