"""References for BG/CNBD-k and MBG/CNBD-k at 30 digits, by other formulas than the product's:

python3 bench/references/cnbd-k.py > src/statistics/models/cnbd-k/cnbd-k.references.json

Expected purchases: for every n the probability that the n-th coming purchase falls within the horizon, as the probability
that it does at all minus that of the histories whose running gap would have ended before the silence did. Discounted
purchases: the integral over the purchase rate of the transform of the running gap, with Gauss's series for the chance to leave.
"""
import json
import sys
from mpmath import mp, mpf, betainc, beta, exp, gamma, gammainc, hyp2f1, inf, log, loggamma, quad

mp.dps = 30


def ibeta(a, b, z):
    return betainc(a, b, 0, z, regularized=True) if z < 0.9 else 1 - betainc(b, a, 0, 1 - z, regularized=True)


def chances(leaving, x):
    return x + 1 if leaving == 'mbg' else x


def survival(k, R, A, c):
    if c == 0:
        return mpf(1)
    z = c / (A + c)
    return betainc(R, k, 0, 1 - z, regularized=True)


def answers(leaving, p, h, horizon, rate):
    k, r, alpha, a, b = (mpf(v) for v in (p['k'], p['r'], p['alpha'], p['a'], p['b']))
    x, tx, T, L = h['purchases'], mpf(h['recency']), mpf(h['observed']), mpf(h['logGapSum'])
    t, d = mpf(horizon), mpf(rate)
    R, A, D = r + k * x, alpha + tx, T - tx
    S = survival(k, R, A, D)
    n_chances = chances(leaving, x)
    front = (k - 1) * L - x * loggamma(k) + loggamma(R) - loggamma(r) + r * log(alpha) - R * log(A)
    if n_chances == 0:
        ll, alive = front + log(S), mpf(1)
    else:
        s = b + n_chances - 1
        left, stay = beta(a + 1, s), beta(a, s + 1) * S
        ll, alive = front + log((left + stay) / beta(a, b)), stay / (left + stay)
    silence = 1 - alive * (1 - survival(k, R, A, D + t) / S)

    s = b + n_chances

    def later(z, shape, first):
        """Sum over m >= 1 of weight(m + first) x I_z(mk, shape)."""
        total, weight, m = mpf(0), mpf(1), 1
        for n in range(1, first + 1):
            weight *= (s + n - 1) / (a + s + n - 1)
        while True:
            term = weight * ibeta(m * k, shape, z)
            total += term
            if m > 3 and term < mpf(10) ** -22 * total or term == 0:
                return total
            weight *= (s + first + m - 1) / (a + s + first + m - 1)
            m += 1

    if D > 1000 * A:
        expected = mpf('nan')  # The sum would run to a million terms.
    else:
        expected = later((D + t) / (A + D + t), R, 0)
    if 0 < D <= 1000 * A:
        def before(g):
            density = g ** (k - 1) * A ** R / (A + g) ** (R + k) / beta(k, R)
            return density * (1 + later((D + t - g) / (A + D + t), R + k, 1))
        mp.dps = 20
        expected -= quad(before, [0, D / 2, D])
        mp.dps = 30
    expected *= alive / S

    def discounted(y):
        lam = exp(y)
        phi = (lam / (lam + d)) ** k
        running = phi if D == 0 else phi * exp(d * D) * gammainc(k, (lam + d) * D, inf, regularized=True)
        return exp(R * log(A * lam) - A * lam - loggamma(R)) * running * hyp2f1(1, s, a + s, phi)
    middle = log(R / A)
    spread = 1 / mp.sqrt(R)
    reach = [middle - 60 * spread - 40 / R * (R < 5), middle - 8 * spread, middle - spread, middle + spread, middle + 5 * spread + 3]
    dert = alive / S * quad(discounted, reach)
    return [ll, alive, silence, expected, dert]


def count_probability(leaving, p, n, horizon):
    k, r, alpha, a, b = (mpf(v) for v in (p['k'], p['r'], p['alpha'], p['a'], p['b']))
    z = mpf(horizon) / (horizon + alpha)

    def at_least(m):
        if m == 0:
            return mpf(1)
        return beta(a, b + chances(leaving, m - 1)) / beta(a, b) * ibeta(m * k, r, z)
    return at_least(n) - at_least(n + 1)


def text(values):
    return [None if mp.isnan(v) else float(mp.nstr(v, 17)) for v in values]


grocery = {'k': 2.42, 'r': 1.32, 'alpha': 15.8, 'a': 0.437, 'b': 0.811}
retail = {'k': 1.55, 'r': 0.84, 'alpha': 42.6, 'a': 0.325, 'b': 3.4}
chance = {'k': 0.6, 'r': 1.5, 'alpha': 60, 'a': 1.3, 'b': 2}
regular = {'k': 9.5, 'r': 3, 'alpha': 4, 'a': 0.05, 'b': 1}
tiny = {'k': 1.2, 'r': 0.25, 'alpha': 0.008, 'a': 0.8, 'b': 2.5}


def history(x, tx, T, evenness=0.8):
    return {'purchases': x, 'recency': tx, 'observed': T, 'logGapSum': float(x * log(mpf(tx) / x * evenness)) if x else 0}


cases = []
for p, h, t, d in [
    (grocery, history(0, 0, 0), 364, 0.0003),
    (grocery, history(0, 0, 40), 364, 0.0003),
    (grocery, history(3, 84, 84), 364, 0.0003),
    (grocery, history(3, 84, 100), 91, 0.0003),
    (grocery, history(12, 300, 364), 91, 0.01),
    (grocery, history(1, 5, 5.01), 28, 0.5),
    (retail, history(0, 0, 730), 30, 0.0003),
    (retail, history(4, 200, 260), 180, 0.0003),
    (retail, history(132, 200, 200), 30, 0.0003),
    (retail, history(20, 400, 520), 60, 0.001),
    (chance, history(2, 30, 90), 120, 0.0003),
    (chance, history(7, 100, 101), 60, 0.0003),
    (regular, history(5, 35, 40), 30, 0.0003),
    (regular, history(2, 14, 30), 10, 0.0003),
    (tiny, history(0, 0, 40), 52, 0.003),
    (tiny, history(200, 38, 40), 2, 0.003),
    (grocery, history(10000, 20000, 20000), 10, 0.0003),
]:
    for leaving in ['mbg', 'bg']:
        print(leaving, h, file=sys.stderr)
        values = text(answers(leaving, p, h, t, d))
        cases.append({'leaving': leaving, 'parameters': p, 'history': h, 'horizon': t, 'rate': d,
                      **dict(zip(['logLikelihood', 'alive', 'silence', 'expected', 'discounted'], values))})
counts = [
    {'leaving': leaving, 'parameters': p, 'count': n, 'horizon': t, 'probability': text([count_probability(leaving, p, n, t)])[0]}
    for leaving in ['mbg', 'bg'] for p in [grocery, chance, regular] for n, t in [(0, 90), (1, 90), (4, 364), (30, 364)]
]
lines = ',\n'.join('    ' + json.dumps(case) for case in cases)
more = ',\n'.join('    ' + json.dumps(case) for case in counts)
print('{\n  "cases": [\n' + lines + '\n  ],\n  "counts": [\n' + more + '\n  ]\n}')
