"""Answers of the Pareto/NBD model to 40 digits, by closed forms the product does not use.

The likelihood by the Gaussian hypergeometric function (Fader & Hardie 2005, "A note on deriving the Pareto/NBD model"),
the discounted residual by Tricomi's confluent hypergeometric function, counts by integration over the moment of leaving.

    python3 bench/references/pareto-nbd.py > src/statistics/models/pareto-nbd/pareto-nbd.references.json
"""
import json
import random
import sys

from mpmath import mp, mpf, hyp2f1, hyperu, loggamma, log, exp, quad, expm1, log1p

mp.dps = 60


def dead(p, x, tx, T):
    r, alpha, s, beta = p
    if tx == T:
        return mpf(0)
    big, b2, gap = (alpha, s + 1, alpha - beta) if alpha >= beta else (beta, r + x, beta - alpha)

    def part(t):
        return hyp2f1(r + s + x, b2, r + s + x + 1, gap / (big + t), maxterms=10**7) / (big + t) ** (r + s + x)

    return s / (r + s + x) * (part(tx) - part(T))


def likelihood_parts(p, x, tx, T):
    r, alpha, s, beta = p
    alive = (alpha + T) ** -(r + x) * (beta + T) ** -s
    front = loggamma(r + x) - loggamma(r) + r * log(alpha) + s * log(beta)
    return front, alive, dead(p, x, tx, T)


def answers(p, x, tx, T, horizon, rate):
    r, alpha, s, beta = p
    front, alive, gone = likelihood_parts(p, x, tx, T)
    probability = alive / (alive + gone)
    ahead = log1p(horizon / (beta + T))
    window = (beta + T) * (ahead if s == 1 else -expm1((1 - s) * ahead) / (s - 1))
    _, alive_later, gone_later = likelihood_parts(p, x, tx, T + horizon)
    return {
        "logLikelihood": front + log(alive + gone),
        "probabilityAlive": probability,
        "expectedPurchases": probability * (r + x) / (alpha + T) * window,
        "probabilityOfSilence": (alive_later + gone_later) / (alive + gone),
        "discountedExpectedResidual": probability * (r + x) / (alpha + T) * (beta + T) * hyperu(1, 2 - s, rate * (beta + T)),
    }


def count_probability(p, x, t):
    r, alpha, s, beta = p
    choose = exp(loggamma(r + x) - loggamma(r) - loggamma(x + 1))

    def nbd(u):
        return choose * (alpha / (alpha + u)) ** r * (u / (alpha + u)) ** x

    def leaving(y):
        u = exp(y)
        return u * nbd(u) * s / beta * (beta / (beta + u)) ** (s + 1)

    end = log(t)
    cuts = [end - 400, *[end - 2 * k for k in range(40, 0, -1)], end]
    return nbd(t) * (beta / (beta + t)) ** s + quad(leaving, cuts)


def vectors():
    cdnow = (0.5533, 10.578, 0.606, 11.669)
    rows = [
        (cdnow, 0, 0, 39), (cdnow, 26, 30.857142857142858, 31), (cdnow, 2, 30.43, 38.86), (cdnow, 1, 5, 5), (cdnow, 0, 0, 0),
        (cdnow, 132, 200, 200), (cdnow, 133, 200, 200), (cdnow, 200, 38, 40), (cdnow, 10000, 190, 200), (cdnow, 10000, 199.9, 200),
        (cdnow, 10000, 1, 200), (cdnow, 1, 0.001, 1000), (cdnow, 7, 3, 3.0000001), (cdnow, 0, 0, 1e-9), (cdnow, 30, 2, 5000),
        ((0.25, 4, 0.8, 2.5), 0, 0, 40), ((0.25, 4, 0.8, 2.5), 200, 38, 40),
        ((0.5, 0.008, 0.6, 12), 0, 0, 39), ((0.5, 0.008, 0.6, 12), 3, 20, 39), ((0.5, 12, 0.6, 0.008), 0, 0, 39),
        ((0.5, 12, 0.6, 0.008), 3, 20, 39), ((0.5, 0.008, 0.6, 0.008), 2, 1, 39),
        ((1, 10, 1, 10), 3, 20, 39), ((2, 10, 1, 30), 0, 0, 39), ((2, 40, 1.0000001, 30), 5, 12, 39), ((2, 40, 0.9999999, 30), 5, 12, 39),
        ((0.8, 20, 1e-6, 10), 4, 30, 90), ((0.8, 20, 1e-3, 1e-3), 0, 0, 90), ((0.8, 20, 1e-6, 1e4), 1, 30, 90),
        ((0.01, 100, 5, 1e4), 2, 30, 90), ((500, 1000, 300, 4000), 12, 20, 50), ((900, 20, 0.5, 10), 700, 14, 21),
        ((0.3, 1e-4, 0.2, 1e3), 0, 0, 1e5), ((0.3, 1e3, 0.2, 1e-4), 0, 0, 1e5), ((20, 1e6, 3, 1e5), 1, 3, 900),
    ]
    source = random.Random(1987)
    while len(rows) < 90:
        p = tuple(float("%.4g" % (10 ** source.uniform(low, high))) for low, high in [(-1.5, 1), (-1.5, 2.5), (-2, 1), (-1.5, 2.5)])
        T = float("%.4g" % 10 ** source.uniform(0, 3))
        x = source.choice([0, 0, 1, 2, 3, 5, 8, 20, 60])
        tx = 0.0 if x == 0 else float("%.4g" % (T * source.uniform(0.01, 1)))
        rows.append((p, x, tx, T))
    horizons = [1, 13, 52, 1000, 1e-6]
    rates = [0.0027, 0.01, 1e-6, 2]
    return [(p, x, tx, T, horizons[i % 5], rates[i % 4]) for i, (p, x, tx, T) in enumerate(rows)]


def counts():
    sets = [(0.5533, 10.578, 0.606, 11.669), (0.7864, 5.679, 0.3862, 5.7171), (0.5, 0.008, 0.6, 12), (3, 40, 1, 0.05), (0.8, 20, 1e-6, 10), (5, 9, 8, 2000)]
    return [(p, x, t) for p in sets for x, t in [(0, 39), (1, 39), (7, 39), (60, 52), (0, 0.01), (2, 5000)]]


def numbers(values):
    return [mpf(v) for v in values]


def main():
    customers = []
    for p, x, tx, T, horizon, rate in vectors():
        found = answers(numbers(p), x, mpf(tx), mpf(T), mpf(horizon), mpf(rate))
        customers.append({"parameters": p, "history": [x, tx, T], "horizon": horizon, "rate": rate,
                          **{name: float(value) for name, value in found.items()}})
        print(len(customers), end=" ", file=sys.stderr, flush=True)
    new = [{"parameters": p, "count": x, "horizon": t, "probability": float(count_probability(numbers(p), x, mpf(t)))}
           for p, x, t in counts()]
    lines = ",\n".join(json.dumps(row) for row in customers)
    more = ",\n".join(json.dumps(row) for row in new)
    print('{"customers": [\n' + lines + '\n],\n"counts": [\n' + more + "\n]}")


main()
