import { refuseAll } from '../../invalid-input.ts'
import type { NumberColumn } from '../columns.ts'

/** Refuses times to watch that are negative or not finite, with the first of them. */
export function checkWindow(observed: NumberColumn): void {
  const wrong = observed.findIndex((time: number) => !(time >= 0 && time < Infinity))
  if (wrong >= 0) refuseAll([`observed must be finite numbers of at least 0, found ${observed[wrong]} at row ${wrong}`])
}
