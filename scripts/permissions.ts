import type { z } from 'zod'
import { type Permission, permissionsOfRole, roles, wholeHouseOnly } from '#kernel/access/index.ts'
import type { FieldGroup } from '#kernel/field-groups.ts'
import { metaOf } from '#kernel/field-groups.ts'
import type { Operation } from '#kernel/operation.ts'

/**
 * Where amounts stand open to who may not see money, and why: said once, and held against every contract. What begins with a
 * permission is all that is asked with it; the others are operations.
 */
export const openMoney: Readonly<Record<string, string>> = {
  'till.use': 'who stands at the till takes the money, and must read what a customer has stored',
  'coalition.read': 'a merchant reads its own statement; the others with this permission see money',
  'events.write': 'ingest answers with nothing',
  readProgramme: 'the published rules of the points programme',
  readTiers: 'the published rules of the tiers',
  memberTier: 'the published rules of the tiers',
  quotePoints: 'what the asker typed in, and what it would be worth by the published rules',
  memberPoints: 'what points are worth by the published rules',
  listPromises: 'the published terms of promises; what they cost is hidden',
  readPromise: 'the published terms of a promise; what it costs is hidden',
  listPromiseCases: 'what a customer is owed, which front desk tells them',
  promisesToday: 'what a customer is owed, which front desk tells them',
  customerPromises: 'what a customer is owed, which front desk tells them',
  reportBrokenPromise: 'what a customer is owed, which front desk tells them',
  listRewards: 'the published catalogue: from which purchase on a stamp is given',
  listDraws: 'the published rules of draws',
  readDraw: 'the published rules of draws',
  partyDraws: 'the published rules of draws',
  drawProof: 'published',
  closeTask: 'values of the sentence that says why; tasks leave spend out',
  listTasks: 'values of the sentence that says why; tasks leave spend out',
  postponeTask: 'values of the sentence that says why; tasks leave spend out',
  reopenTask: 'values of the sentence that says why; tasks leave spend out',
  assignTask: 'values of the sentence that says why; tasks leave spend out',
}

const moneyRoles = roles.filter(role => permissionsOfRole[role].includes('money.read'))

/** Who may ask this: all roles, or those that hold the permission. */
export function rolesFor({ permission, id }: Operation): readonly string[] {
  if (permission === 'public') return ['everybody']
  if (permission === 'member') return ['member']
  if (permission === 'signed-in') return roles
  return roles.filter(
    role => permissionsOfRole[role].includes(permission) && !(role === 'merchant-staff' && wholeHouseOnly.has(id)),
  )
}

export interface Field {
  readonly path: string
  readonly groups: readonly FieldGroup[]
  readonly moneyInside: boolean
  readonly schema: z.ZodType
}

/** Every field of an answer that has a name, with what its contract says of it. */
export function fieldsOf(schema: z.ZodType): Field[] {
  const found: Field[] = []
  const seen = new Set<z.ZodType>()
  walk(schema, '', [], false)
  return found

  function walk(at: z.ZodType, path: string, above: readonly FieldGroup[], inside: boolean): void {
    const meta = metaOf(at)
    const groups = [...above, ...(meta.groups ?? [])]
    const moneyInside = inside || meta.moneyInside === true
    const definition = at._zod.def as unknown as Record<string, never>
    if (path) found.push({ path, groups, moneyInside, schema: at })
    if (seen.has(at)) return
    seen.add(at)
    const parts = partsOf(definition)
    for (const [name, part] of parts) walk(part, name ? (path ? `${path}.${name}` : name) : path, groups, moneyInside)
    seen.delete(at)
  }
}

function partsOf(definition: Record<string, never>): [string, z.ZodType][] {
  const { shape, element, options, valueType, innerType, items, left, right, out, getter } = definition as Record<
    string,
    unknown
  >
  const one = (part: unknown): [string, z.ZodType][] => (part ? [['', part as z.ZodType]] : [])
  return [
    ...(shape ? (Object.entries(shape) as [string, z.ZodType][]) : []),
    ...one(element),
    ...((options ?? items ?? []) as z.ZodType[]).map((part): [string, z.ZodType] => ['', part]),
    ...one(valueType),
    ...one(innerType),
    ...one(left),
    ...one(right),
    ...one(out),
    ...(typeof getter === 'function' ? one(getter()) : []),
  ]
}

const soundsLikeMoney = /(Minor|^revenue|^spend)$/

/** What looks like money in an answer that somebody without money may read, is not marked, and is not said to be open. */
export function openUnsaid(operation: Operation): string[] {
  const readers = rolesFor(operation).filter(role => !(moneyRoles as readonly string[]).includes(role))
  if (readers.length === 0 || readers[0] === 'member') return []
  if (Object.hasOwn(openMoney, operation.id) || Object.hasOwn(openMoney, operation.permission)) return []
  return fieldsOf(operation.reply)
    .filter(({ path, groups, moneyInside }) => {
      const name = path.split('.').at(-1)!
      return soundsLikeMoney.test(name) && !groups.includes('money') && !moneyInside
    })
    .map(({ path }) => `${operation.id}: ${path}`)
}

const heads = ['owner', 'manager', 'marketer', 'front desk', 'service', 'finance', 'viewer', 'merchant']

/** The table for people: operation x role x what is hidden, sorted by permission. */
export function permissionsTable(operations: readonly Operation[]): string {
  const rows = [...operations]
    .sort((a, b) => a.permission.localeCompare(b.permission) || a.id.localeCompare(b.id))
    .map(operation => {
      const may = rolesFor(operation)
      const marks =
        may[0] === 'everybody' || may[0] === 'member'
          ? roles.map(() => '')
          : roles.map(role => (may.includes(role) ? '✓' : ''))
      const fields = fieldsOf(operation.reply)
      const hidden = [
        ...new Set(fields.flatMap(({ groups, moneyInside }) => [...groups, ...(moneyInside ? ['money'] : [])])),
      ]
      const address = `${operation.method} ${operation.path}`
      return `| ${operation.permission} | ${operation.id} | \`${address}\` | ${marks.join(' | ')} | ${hidden.sort().join(', ')} |`
    })
  const holders = (permission: Permission) =>
    roles.filter(role => permissionsOfRole[role].includes(permission)).join(', ')
  return `# Who may do what

Written by \`GUANXI_WRITE_PERMISSIONS=yes npm test -- scripts/permissions\`; a test holds it against the mounted operations and against
the answers of a running server. An operation that is not in it fails that test.

* **Roles** hold permissions (\`src/kernel/access/permissions.ts\`); an operation names one. API keys hold the permissions they were given.
* **Fields** that a contract marks (\`money(…)\`, \`contact(…)\`, \`personal(…)\`) are left out for who lacks the group's permission: money for
  all but ${holders('money.read')}; contact and personal for all but ${holders('contact.read')}.
* **Merchant staff**, and keys of one merchant, act for that merchant alone: another merchant is not found (404) wherever one is named,
  and lists hold their own only. Whatever they were given beyond events.write, rewards.read, till.use and coalition.read counts for nothing.
* \`public\` is for everybody, \`signed-in\` for all staff and keys, \`member\` for customers on their own card.

| permission | operation | address | ${heads.join(' | ')} | hidden fields |
|---|---|---|${heads.map(() => '---').join('|')}|---|
${rows.join('\n')}

## Amounts that stand open, and why

${Object.entries(openMoney)
  .map(([what, why]) => `* **${what}**: ${why}.`)
  .join('\n')}
`
}
