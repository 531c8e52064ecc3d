/**
 * Where a table would live on a cluster: spread by a column, copied to every node, or on the coordinator only.
 * Data rules 1-6 of `docs/architecture.md` follow from it and a test holds the live catalogue against it.
 */
export type Placement =
  | { readonly kind: 'distributed'; readonly by: string }
  | { readonly kind: 'reference' }
  | { readonly kind: 'local' }

/** Keys are `schema.table`. */
export type TableMap = Readonly<Record<string, Placement>>

export const distributed = (by: string): Placement => ({ kind: 'distributed', by })
export const reference: Placement = { kind: 'reference' }
export const local: Placement = { kind: 'local' }
