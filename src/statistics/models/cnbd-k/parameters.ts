/**
 * The five numbers of BG/CNBD-k and MBG/CNBD-k with real k (Platzer & Reutterer 2016; k = 1 is BG/NBD, Fader, Hardie & Lee
 * 2005, and MBG/NBD, Batislam, Denizel & Filiztekin 2007). While a customer is alive her gaps are Gamma(k, lambda); over the
 * base lambda is Gamma(r, alpha); after a purchase she leaves with probability p, and p is Beta(a, b) over the base.
 */
export interface CnbdKParameters {
  /** Regularity of the gaps: 1 is pure chance, 2 and more is a habit. */
  readonly k: number
  /** Shape of the spread of rates: small r means very different customers. */
  readonly r: number
  /** Scale of the rates, in the unit of the gaps. */
  readonly alpha: number
  /** Leaving: the mean chance to leave after a purchase is a / (a + b). */
  readonly a: number
  readonly b: number
}

export const parameterNames = ['k', 'r', 'alpha', 'a', 'b'] as const

/** After which purchases she may leave: BG after every repeat purchase, MBG (modified) also after the first. */
export type Leaving = 'bg' | 'mbg'

/** How often she may have left by now: once for every purchase after which the model lets her. */
export function chancesToLeave(leaving: Leaving, purchases: number): number {
  return leaving === 'mbg' ? purchases + 1 : purchases
}

/**
 * Odds, at the moment of her last purchase, that she stayed rather than left, are `stayingEvidence` to a: b and one for every
 * earlier chance that she did not take. Infinite where she had no chance to leave (BG, before any repeat purchase).
 */
export function stayingEvidence(leaving: Leaving, b: number, purchases: number): number {
  const chances = chancesToLeave(leaving, purchases)
  return chances === 0 ? Infinity : b + chances - 1
}
