/**
 * What can be owed. Qualifying value only ever counts toward a tier and is never spent; a right is a reward or a voucher
 * that can be used once; money is never made, every unit of it comes from somewhere outside.
 */
export const assetKinds = ['points', 'qualifying', 'stamp', 'money', 'ticket', 'right'] as const
export type AssetKind = (typeof assetKinds)[number]

/**
 * The accounts of a member, guarded: none of the first three is ever below 0, whatever happens at once. What a member
 * owes back stands in `debt`, whose balance is never above 0.
 */
export const ownAccounts = ['pending', 'available', 'held', 'debt'] as const
export type OwnAccount = (typeof ownAccounts)[number]

/**
 * The accounts of the house, recorded: they refuse nothing, so no row of theirs is updated when something is posted; their
 * balance is the sum of their postings. A subject may follow a colon, such as the merchant: `issuance:<merchant>`.
 * `opening` is what was taken over from an older system; `pool` is what merchants paid in together for the value they issued,
 * `margin` what is left of it between what issuing costs and what redeeming pays.
 */
export const houseKinds = [
  'issuance',
  'redeemed',
  'breakage',
  'revoked',
  'adjustment',
  'clearing',
  'settlement',
  'expense',
  'payable',
  'transit',
  'opening',
  'pool',
  'margin',
] as const
export type HouseKind = (typeof houseKinds)[number]
export type HouseAccount = HouseKind | `${HouseKind}:${string}`
export type Account = OwnAccount | HouseAccount

/** Why value moved; each code may move it along these edges and no others. */
export const edges = {
  issue: [
    ['issuance', 'pending'],
    ['issuance', 'available'],
  ],
  mature: [['pending', 'available']],
  hold: [['available', 'held']],
  capture: [['held', 'redeemed']],
  spend: [['available', 'redeemed']],
  /** Used before the ledger could say no: owed back by whatever comes next. */
  overdraw: [['debt', 'redeemed']],
  release: [['held', 'available']],
  expire: [['available', 'breakage']],
  revoke: [
    ['pending', 'revoked'],
    ['available', 'revoked'],
    ['breakage', 'revoked'],
    ['debt', 'revoked'],
  ],
  repay: [['available', 'debt']],
  return: [['redeemed', 'available']],
  transfer: [
    ['available', 'transit'],
    ['transit', 'available'],
  ],
  adjust: [
    ['adjustment', 'available'],
    ['available', 'adjustment'],
  ],
  deposit: [['clearing', 'available']],
  withdraw: [['available', 'clearing']],
  compensate: [
    ['expense', 'payable'],
    ['payable', 'available'],
  ],
  /** What was owed after all is not: the claim was a mistake. */
  retract: [['payable', 'expense']],
  'pay-out': [['payable', 'clearing']],
  /** Given on top at the cost of the house, such as the bonus on a top-up. */
  grant: [
    ['expense', 'pending'],
    ['expense', 'available'],
  ],
  open: [
    ['opening', 'pending'],
    ['opening', 'available'],
  ],
  fund: [['settlement', 'pool']],
  reimburse: [['pool', 'settlement']],
  keep: [
    ['pool', 'margin'],
    ['margin', 'pool'],
    ['pool', 'breakage'],
  ],
  clear: [
    ['settlement', 'clearing'],
    ['clearing', 'settlement'],
  ],
} as const satisfies Record<string, readonly (readonly [OwnAccount | HouseKind, OwnAccount | HouseKind])[]>
export type PostingCode = keyof typeof edges
export const postingCodes = Object.keys(edges) as [PostingCode, ...PostingCode[]]

/** Example: `kindOf('issuance:tea-house')` -> 'issuance'. */
export function kindOf(account: Account): OwnAccount | HouseKind {
  const colon = account.indexOf(':')
  return (colon < 0 ? account : account.slice(0, colon)) as OwnAccount | HouseKind
}

/** Whether a code may move value from one account to another. Example: ('capture', 'held', 'redeemed:x') -> true. */
export function isAllowed(code: PostingCode, from: Account, to: Account): boolean {
  return edges[code].some(edge => edge[0] === kindOf(from) && edge[1] === kindOf(to))
}
