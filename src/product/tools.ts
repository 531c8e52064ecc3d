import { customerPromises, promisesToday } from '#financial/guarantee/contract.ts'
import { memberPoints } from '#financial/points/contract.ts'
import { listRewards } from '#financial/rewards/contract.ts'
import { memberTier } from '#financial/tiers/contract.ts'
import { countCustomers, customerRhythm, listCustomers, rhythmTotals } from '#insight/rhythm/contract.ts'
import { customerStage } from '#insight/stage/contract.ts'
import { readCustomerValue } from '#insight/value/contract.ts'
import { type AssistantTool, part } from '#kernel/assistants/index.ts'
import { partyTimeline } from '#kernel/events/contract.ts'
import { findParties, readParty } from '#kernel/parties/contract.ts'
import { closeTask, listContacts, listTasks, noteContact, postponeTask, reopenTask } from '#kernel/tasks/contract.ts'
import { listWarnings } from '#social/warnings/contract.ts'

/**
 * Everything an assistant may be told or asked to do, built on the operations of the rooms. Nothing here moves money or points,
 * and nothing sends: an assistant prepares, people act.
 */
export const tools: readonly AssistantTool[] = [
  {
    name: 'find_customer',
    description:
      'Finds customers by name (Chinese, pinyin or other), the end of a phone number, card, e-mail or customer number. Gives the partyId that the other tools ask for.',
    parts: { found: part(findParties) },
  },
  {
    name: 'show_customer',
    description:
      'Everything known about one customer: profile, purchase rhythm, stage, value with its range, points, tier, promises and recent contacts. Parts that the key may not see are missing. Amounts are in minor units (cents) of the currency beside them.',
    parts: {
      profile: part(readParty),
      rhythm: part(customerRhythm),
      stage: part(customerStage),
      value: part(readCustomerValue),
      points: part(memberPoints),
      tier: part(memberTier),
      promises: part(customerPromises),
      contacts: part(listContacts, { limit: 10 }),
    },
  },
  {
    name: 'explain_late',
    description:
      'Why one customer counts as later than usual, or does not: usual gap, days of silence, the day from which they are late, and the warning about them with its reason.',
    parts: {
      rhythm: part(customerRhythm),
      thisWeek: part(listWarnings, { view: 'week', limit: 1, after: undefined }),
      waiting: part(listWarnings, { view: 'waiting', limit: 1, after: undefined }),
      heldOut: part(listWarnings, { view: 'held-out', limit: 1, after: undefined }),
    },
  },
  {
    name: 'list_late_customers',
    description:
      'Customers later than usual. view "week": to be contacted this week, each with the reason; "waiting": beyond this week’s budget; "held-out": must NOT be contacted, they show whether contacting helps; "closed": how it ended.',
    parts: { warnings: part(listWarnings) },
  },
  {
    name: 'list_customers',
    description:
      'Customers with type, rhythm and next expected purchase; filter by type, late or role (dealer, supplier and so on; customers where none is named), sort, page by `after`.',
    parts: { customers: part(listCustomers) },
  },
  {
    name: 'customer_history',
    description: 'What happened between the business and one customer, newest first; page by `before`.',
    parts: { history: part(partyTimeline) },
  },
  {
    name: 'business_today',
    description:
      'The figures of today: customers by type and how many are late, revenue so far, promises that must not wait. Amounts are in minor units.',
    parts: {
      customers: part(countCustomers),
      sales: part(rhythmTotals),
      promises: part(promisesToday),
    },
  },
  {
    name: 'list_rewards',
    description:
      'What customers can have for their points: the catalogue with price in points, stock and how often each was taken.',
    parts: { rewards: part(listRewards) },
  },
  {
    name: 'list_tasks',
    description: 'What people should do for customers, most urgent first, each with its reason.',
    parts: { tasks: part(listTasks) },
  },
  {
    name: 'close_task',
    description: 'Says how a task went. Only after a person told you so. Can be taken back by reopen_task.',
    parts: { task: part(closeTask) },
  },
  {
    name: 'postpone_task',
    description: 'Puts a task off to a later day (YYYY-MM-DD).',
    parts: { task: part(postponeTask) },
  },
  {
    name: 'reopen_task',
    description: 'Takes a closing or a postponement back.',
    parts: { task: part(reopenTask) },
  },
  {
    name: 'note_contact',
    description:
      'Notes a call, message, visit or other fact about a customer. Only what a person told you; it cannot be changed afterwards.',
    parts: { contact: part(noteContact) },
  },
]
