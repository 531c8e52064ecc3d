/**
 * Where a table would live on a cluster (spread by a column, copied to every node, or on the coordinator only), and whether its
 * rows are ever rightly changed. Data rules 1-6 of `docs/architecture.md` follow from it and a test holds the live catalogue
 * against it.
 */
export type Placement = (
  | { readonly kind: 'distributed'; readonly by: string }
  | { readonly kind: 'reference' }
  | { readonly kind: 'local' }
) & { readonly appendOnly?: Exceptions }

/** What may still happen to rows of a table that is otherwise only added to. */
export interface Exceptions {
  /** Columns that carry no fact, such as a sentence about somebody who is forgotten. */
  readonly update?: readonly string[]
  /** Rows go as a whole where their source is withdrawn or somebody is forgotten. */
  readonly delete?: true
}

/** Keys are `schema.table`. */
export type TableMap = Readonly<Record<string, Placement>>

export const distributed = (by: string): Placement => ({ kind: 'distributed', by })
export const reference: Placement = { kind: 'reference' }
export const local: Placement = { kind: 'local' }

/**
 * A table whose rows stay as they were written; the database refuses anything else (`privileges.ts`).
 *
 * Example: `appendOnly(distributed('party_id'), { update: ['reason'] })` may have nothing changed but the reason.
 */
export const appendOnly = (placement: Placement, exceptions: Exceptions = {}): Placement => ({
  ...placement,
  appendOnly: exceptions,
})
