"""Forty-digit references of the gamma-gamma model: python3 bench/references/gamma-gamma.py

The density is integrated over a customer's level of spending rather than taken from the closed form, so that the closed
form itself is on trial; where the integral is too sharp for quadrature (10,000 purchases) the closed form stands in.
"""

import json
import pathlib
from mpmath import mp, mpf, log, loggamma, exp, quad, inf

mp.dps = 50


def closed(p, q, gamma, x, z):
    total = x * z
    shape = p * x
    return (
        loggamma(shape + q) - loggamma(shape) - loggamma(q)
        + q * log(gamma) + (shape - 1) * log(z) + shape * log(x) - (shape + q) * log(gamma + total)
    )


def integrated(p, q, gamma, x, z):
    shape = p * x

    def joint(level):
        density = shape * log(level * x) + (shape - 1) * log(z) - level * x * z - loggamma(shape)
        prior = q * log(gamma) + (q - 1) * log(level) - gamma * level - loggamma(q)
        return exp(density + prior)

    mode = (shape + q) / (gamma + x * z)
    points = [0] + [mode * mpf(2) ** k for k in range(-8, 9, 2)] + [inf]
    mass = quad(joint, points)
    spend = quad(lambda level: joint(level) * p / level, points)
    return log(mass), spend / mass


bases = [
    (6.2493, 3.7443, 15.4443),
    (0.6, 1.3, 40.0),
    (25.0, 12.0, 3.0),
    (1.5, 40.0, 900.0),
]
customers = [(1, 22.35), (2, 0.75), (3, 130.0), (10, 35.5), (40, 18.25)]
extremes = [(10000, 35.0), (1, 1e-6), (1, 1e9), (250, 1e5)]

vectors = []
for base in bases:
    parameters = [mpf(value) for value in base]
    for x, z in customers + extremes:
        likelihood = closed(*parameters, mpf(x), mpf(z))
        p, q, gamma = parameters
        expected = p * (gamma + x * mpf(z)) / (p * x + q - 1)
        if (x, z) in customers:
            mass, spend = integrated(*parameters, mpf(x), mpf(z))
            assert abs(mass - likelihood) < mpf(10) ** -20, (base, x, z, mass, likelihood)
            assert abs(spend / expected - 1) < mpf(10) ** -15, (base, x, z, spend, expected)
        vectors.append({
            "parameters": dict(zip(["p", "q", "gamma"], base)),
            "purchases": x,
            "meanSpend": z,
            "logLikelihood": float(likelihood),
            "expectedSpend": float(expected),
        })

path = pathlib.Path(__file__).parents[2] / "src/statistics/models/gamma-gamma/gamma-gamma.references.json"
path.write_text(json.dumps(vectors, indent=1) + "\n")
print(len(vectors), "vectors")
