"""Forty-digit references of the BG/BB model: python3 bench/references/bg-bb.py

Everything is integrated over the two chances of a customer, so that the closed forms themselves are on trial; where the spread
is too sharp for quadrature the closed forms stand in, at fifty digits.
"""

import json
import pathlib
from mpmath import mp, mpf, beta, log, quad

mp.dps = 50


def likelihood(a, b, c, d, x, tx, n):
    """Closed form: alive throughout, or gone after opportunity i."""
    alive = beta(a + x, b + n - x) / beta(a, b) * beta(c, d + n) / beta(c, d)
    gone = sum(
        beta(a + x, b + i - x) / beta(a, b) * beta(c + 1, d + i) / beta(c, d) for i in range(tx, n)
    )
    return alive, alive + gone


def answers(a, b, c, d, x, tx, n, periods, rate):
    alive, all_ = likelihood(a, b, c, d, x, tx, n)
    there = [beta(c, d + n + i) / beta(c, d + n) for i in range(1, periods + 1)]
    buying = (a + x) / (a + b + n)
    _, silent = likelihood(a, b, c, d, x, tx, n + periods)
    # 2F1(1, d+n+1; c+d+n+1; 1/(1+rate)) by its own series, which mpmath sums.
    factor = 1 / (1 + rate)
    series = mp.hyp2f1(1, d + n + 1, c + d + n + 1, factor)
    residual = alive / all_ * buying * factor * (d + n) / (c + d + n) * series
    return {
        "logLikelihood": log(all_),
        "probabilityAlive": alive / all_,
        "expectedPurchases": alive / all_ * buying * sum(there),
        "probabilityOfSilence": silent / all_,
        "discountedExpectedResidual": residual,
    }


def integrated(a, b, c, d, x, tx, n):
    def string(p, theta):
        total = p**x * (1 - p) ** (n - x) * (1 - theta) ** n
        for i in range(tx, n):
            total += p**x * (1 - p) ** (i - x) * theta * (1 - theta) ** i
        return total

    def density(v, one, other):
        return v ** (one - 1) * (1 - v) ** (other - 1) / beta(one, other)

    mp.dps = 20
    result = quad(lambda p: density(p, a, b) * quad(lambda t: density(t, c, d) * string(p, t), [0, 1]), [0, 1])
    mp.dps = 50
    return result


bases = [(1.2035, 0.7497, 0.6568, 2.7838), (3.0, 2.0, 1.0, 4.0), (0.05, 2.0, 0.02, 30.0), (40.0, 160.0, 25.0, 3000.0)]
histories = [(0, 0, 6), (4, 5, 6), (6, 6, 6), (1, 1, 1), (0, 0, 0), (3, 40, 52), (30, 200, 730), (700, 720, 730)]

vectors = []
for base in bases:
    parameters = [mpf(value) for value in base]
    for x, tx, n in histories:
        found = answers(*parameters, x, tx, n, 10, mpf(1) / 8)
        if base == bases[1] and n == 6:
            mass = integrated(*parameters, x, tx, n)
            assert abs(mass / mp.exp(found["logLikelihood"]) - 1) < mpf(10) ** -12, (base, x, tx, n)
        vectors.append({
            "parameters": dict(zip(["alpha", "beta", "gamma", "delta"], base)),
            "history": {"purchases": x, "recency": tx, "opportunities": n},
            **{name: float(value) for name, value in found.items()},
        })

path = pathlib.Path(__file__).parents[2] / "src/statistics/models/bg-bb/bg-bb.references.json"
path.write_text(json.dumps(vectors, indent=1) + "\n")
print(len(vectors), "vectors")
