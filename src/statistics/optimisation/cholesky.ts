/**
 * Solves matrix x solution = rightSide for a symmetric positive definite matrix given row by row (Cholesky); undefined
 * where the matrix is not positive definite, which is how a search learns that it does not stand in a valley.
 * Example: [[4, 2], [2, 3]] and [2, 1] -> [0.5, 0].
 */
export function solvePositiveDefinite(matrix: Float64Array, rightSide: Float64Array): Float64Array | undefined {
  const factor = choleskyFactor(matrix, rightSide.length)
  return factor && solveFactored(factor, rightSide)
}

/** The inverse of a symmetric positive definite matrix; undefined where it is not one. */
export function invertPositiveDefinite(matrix: Float64Array, size: number): Float64Array | undefined {
  const factor = choleskyFactor(matrix, size)
  if (!factor) return undefined
  const inverse = new Float64Array(size * size)
  for (let column = 0; column < size; column++) {
    const unit = new Float64Array(size)
    unit[column] = 1
    inverse.set(solveFactored(factor, unit), column * size)
  }
  return inverse
}

/** A pivot this small against its own diagonal is rounding: the matrix is singular to the precision of its entries. */
const SMALLEST_PIVOT = 1e-14

function choleskyFactor(matrix: Float64Array, size: number): Float64Array | undefined {
  const factor = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!
      for (let l = 0; l < j; l++) sum -= factor[i * size + l]! * factor[j * size + l]!
      if (i === j) {
        if (!(sum > SMALLEST_PIVOT * matrix[i * size + i]! && sum < Infinity)) return undefined
        factor[i * size + i] = Math.sqrt(sum)
      } else {
        factor[i * size + j] = sum / factor[j * size + j]!
      }
    }
  }
  return factor
}

function solveFactored(factor: Float64Array, rightSide: Float64Array): Float64Array {
  const size = rightSide.length
  const solution = Float64Array.from(rightSide)
  for (let i = 0; i < size; i++) {
    for (let l = 0; l < i; l++) solution[i]! -= factor[i * size + l]! * solution[l]!
    solution[i]! /= factor[i * size + i]!
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let l = i + 1; l < size; l++) solution[i]! -= factor[l * size + i]! * solution[l]!
    solution[i]! /= factor[i * size + i]!
  }
  return solution
}
