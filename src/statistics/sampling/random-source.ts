/** A source of numbers in [0, 1); passed in, so that a simulation can be repeated. */
export type RandomSource = () => number
