/** Where a search may go: one lower and one upper limit for each variable. */
export interface Box {
  readonly lower: readonly number[]
  readonly upper: readonly number[]
}

/** The point moved into the box. Example: 5 with limits 0 and 2 -> 2. */
export function clampToBox(point: ArrayLike<number>, box: Box): Float64Array {
  return Float64Array.from(point, (value, i) => Math.min(box.upper[i]!, Math.max(box.lower[i]!, value)))
}

/** The variables free to move: those not at a limit with downhill on its far side. */
export function freeVariables(point: Float64Array, gradient: Float64Array, box: Box): number[] {
  const free: number[] = []
  for (let i = 0; i < point.length; i++) {
    const held = (point[i]! <= box.lower[i]! && gradient[i]! >= 0) || (point[i]! >= box.upper[i]! && gradient[i]! <= 0)
    if (!held) free.push(i)
  }
  return free
}

/** The largest slope among the free variables: 0 at a minimum, also at one on the edge of the box. */
export function freeSlope({ point, gradient }: { point: Float64Array; gradient: Float64Array }, box: Box): number {
  return freeVariables(point, gradient, box).reduce((largest, i) => Math.max(largest, Math.abs(gradient[i]!)), 0)
}

/** Whether variable i ended at one of its limits. */
export function isAtEdge(point: Float64Array, box: Box, i: number): boolean {
  return point[i]! <= box.lower[i]! + 1e-6 || point[i]! >= box.upper[i]! - 1e-6
}

/** Whether variable i had nowhere to go. */
export function isHeld(box: Box, i: number): boolean {
  return box.lower[i] === box.upper[i]
}
