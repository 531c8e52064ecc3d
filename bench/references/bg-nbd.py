"""Answers of BG/NBD and MBG/NBD to 40 digits, by closed forms the product does not use.

Conditional expectation by the Gaussian hypergeometric function (Fader, Hardie & Lee 2005, equation 10, and its MBG/NBD
twin), survival by another, the discounted residual by integrating the rate of purchases over time instead of over chances.

    python3 bench/references/bg-nbd.py > src/statistics/models/bg-nbd/bg-nbd.references.json
"""
import json
import random

from mpmath import mp, mpf, beta, exp, hyp2f1, log, loggamma, quad

mp.dps = 50


def odds_of_having_left(p, x, tx, T, early):
    r, alpha, a, b = p
    if x + early == 0:
        return mpf(0)
    return a / (b + x + early - 1) * ((alpha + T) / (alpha + tx)) ** (r + x)


def log_likelihood(p, x, tx, T, early):
    r, alpha, a, b = p
    n = x + early
    front = loggamma(r + x) - loggamma(r) + r * log(alpha)
    alive = beta(a, b + n) / beta(a, b) * (alpha + T) ** -(r + x)
    left = beta(a + 1, b + n - 1) / beta(a, b) * (alpha + tx) ** -(r + x) if n > 0 else 0
    found = front + log(alive + left)
    return found if abs(found) > mpf(10) ** -40 else mpf(0)


def expected_if_alive(p, x, T, t, early):
    r, alpha, a, b = p
    if a == 1:
        a += mpf(10) ** -25
    stays = b + x + early
    z = t / (alpha + T + t)
    with mp.workdps(90):
        share = hyp2f1(r + x, stays, a + stays - 1, z, maxterms=10**7) * (1 - z) ** (r + x)
        return (a + stays - 1) / (a - 1) * (1 - share)


def survival(p, x, T, u, early, more=0):
    """E[(A / (A + p u))^(r + x + more)], p ~ Beta(a, stays), after Pfaff's transformation."""
    r, alpha, a, b = p
    stays = b + x + early
    w = u / (alpha + T)
    return (1 + w) ** -a * hyp2f1(a, a + stays - r - x - more, a + stays, w / (1 + w), maxterms=10**7)


def discounted_if_alive(p, x, T, rate, early):
    r, alpha, a, b = p
    A = alpha + T

    def purchases(v):
        u = exp(v)
        return u * exp(-rate * u) * (r + x) / A * survival(p, x, T, u, early, 1)

    edges = [log(1 / rate) - 100, log(1 / rate) - 50]
    edges += [log(1 / rate) + step for step in (-30, -20, -12, -8, -5, -3, -1, 1, 2, 3, 4, 5)]
    with mp.workdps(25):
        return quad(purchases, edges)


def median_if_alive(p, x, T, early):
    r, alpha, a, b = p
    lower, upper = mpf(-50), mpf(60)
    for _ in range(160):
        middle = (lower + upper) / 2
        if survival(p, x, T, exp(middle), early) > mpf(1) / 2:
            lower = middle
        else:
            upper = middle
    return exp(lower)


def vectors():
    cdnow = (".2426", "4.4137", ".7930", "2.4262")
    yield from ((cdnow, *h) for h in [
        (2, "30.43", "38.86", 39, ".003"), (26, "30.857", 31, 52, ".003"), (0, 0, 0, 52, ".003"), (0, 0, 39, 52, ".003"),
        (10, 20, 39, 52, ".003"), (25, 20, 39, 52, ".003"), (1, "38.86", "38.86", "1e-6", ".01"), (3, 10, 39, "1e6", "1e-5")])
    stable = (".25", "4", ".8", "2.5")
    yield from ((stable, *h) for h in [
        (132, 200, 200, 52, ".002"), (133, 200, 200, 52, ".002"), (200, 38, 40, 52, ".002"), (0, 0, 40, 52, ".002"),
        (10_000, 350, 365, 100, ".001"), (10_000, 100, 365, 100, ".001")])
    yield from (((".3", ".008", ".6", "2.1"), *h) for h in [(0, 0, 39, 52, ".003"), (3, 12, 39, 52, ".003"), (0, 0, 0, 52, ".003")])
    for a in ("1", ".9999999", "1.0000001", "3.7", ".05"):
        yield ((".7", "8", a, "2.2"), 4, 30, 39, 52, ".003")
    yield ((".6754", "9.3477", "1.9", "1811"), 3, 20, 60, 26, ".002")
    yield (("40", "300", "12", "90"), 30, 200, 230, 52, ".004")
    random.seed(20050101)
    for _ in range(14):
        draw = lambda low, high: repr(round(exp_uniform(low, high), 6))
        T = round(random.uniform(1, 400))
        x = random.choice([0, 1, 1, 2, 5, 17])
        yield ((draw(0.05, 5), draw(0.5, 200), draw(0.05, 8), draw(0.1, 20)), x, round(T * random.uniform(0.02, 1), 3) if x else 0,
               T, draw(1, 1000), draw(1e-4, 0.05))


def exp_uniform(low, high):
    return float(exp(random.uniform(float(log(low)), float(log(high)))))


def main():
    found = []
    for parameters, x, tx, T, t, rate in vectors():
        p = tuple(mpf(value) for value in parameters)
        tx, T, t, rate = mpf(tx), mpf(T), mpf(t), mpf(rate)
        for early in (0, 1):
            odds = odds_of_having_left(p, x, tx, T, early)
            quiet = ((p[1] + T) / (p[1] + T + t)) ** (p[0] + x)
            found.append({
                "model": ("bg-nbd", "mbg-nbd")[early],
                "parameters": dict(zip(("r", "alpha", "a", "b"), map(float, p))),
                "history": {"purchases": x, "recency": float(tx), "observed": float(T)},
                "horizon": float(t),
                "rate": float(rate),
                "logLikelihood": float(log_likelihood(p, x, tx, T, early)),
                "probabilityAlive": float(1 / (1 + odds)),
                "expectedPurchases": float(expected_if_alive(p, x, T, t, early) / (1 + odds)),
                "probabilityOfSilence": float((odds + quiet) / (1 + odds)),
                "discountedExpectedResidual": float(discounted_if_alive(p, x, T, rate, early) / (1 + odds)),
                "residualLifetimeMedian": float(median_if_alive(p, x, T, early)),
            })
    print("[\n" + ",\n".join(json.dumps(vector) for vector in found) + "\n]")


main()
