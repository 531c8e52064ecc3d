import { z } from 'zod'
import { readSituation, type Situation } from '#insight/rhythm/index.ts'
import { addDays, type Day, dayNumber, dayOfNumber } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { job, type Progress } from '#kernel/jobs/index.ts'
import { valueEverybody } from './apply.ts'
import { baseOf } from './base.ts'
import type { MoneyHistory } from './history.ts'
import { learn, membersOn } from './learn.ts'
import { bridgeSpans, lookBack, pastDays } from './look-back.ts'
import type { ValueModel } from './model.ts'
import { pagesOfHistories } from './money-log.ts'
import { refresh } from './refold.ts'
import { readSettings } from './settings.ts'
import { currentModel, currentSnapshot, saveBridge, saveModel, savePast } from './store.ts'

/** Forty thousand customers fix every parameter to three digits; more would keep the server from answering. */
const largestSample = 40_000

/** Chooses and learns the models of purchases and spending, then values everybody. */
export const fitJob = job({
  name: 'value.fit',
  input: z.object({}),
  visible: true,
  async run(house, _, progress) {
    const situation = await readSituation(house)
    await progress.say('value:job.reading', {})
    const sample = await readSample(house, situation)
    await progress.say('value:job.choosing', { customers: sample.length })
    const found = learn(sample, dayNumber(situation.asOfOn))
    if (!found) return { customers: 0 }
    const learned: Omit<ValueModel, 'fitNo'> = { ...found, fittedAt: house.clock.now() }
    const fitNo = await house.database.transaction(transaction => saveModel(transaction, learned))
    return apply(house, { ...learned, fitNo }, { situation, sample, progress })
  },
})

/** Values everybody anew by the model that is there: after the owner said what a margin is, or what money costs. */
export const revalueJob = job({
  name: 'value.revalue',
  input: z.object({}),
  visible: true,
  async run(house, _, progress) {
    const model = await currentModel(house)
    if (!model) return { customers: 0 }
    const situation = await readSituation(house)
    await progress.say('value:job.reading', {})
    return apply(house, model, { situation, sample: await readSample(house, situation), progress })
  },
})

async function apply(
  house: House,
  model: ValueModel,
  {
    situation,
    sample,
    progress,
  }: {
    readonly situation: Situation
    readonly sample: readonly MoneyHistory[]
    readonly progress: Progress
  },
) {
  await progress.say('value:job.applying', {})
  const settings = await readSettings(house)
  const panelBase = baseOf(membersOn(sample, dayNumber(situation.asOfOn)))
  const valued = await valueEverybody(house, model, { situation, settings, panelBase, progress })
  await house.database.transaction(transaction =>
    house.jobs.enqueue(transaction, 'value.look-back', {}, { key: 'value.look-back' }),
  )
  return { customers: valued.customers }
}

async function readSample(house: House, situation: Situation): Promise<MoneyHistory[]> {
  const [row] = await house.database.query<{ customers: number }>('select count(*) as customers from value.customer')
  // The first time nobody is valued yet; the log itself is asked how many there are.
  const customers = row!.customers || (await countBuyers(house))
  const histories: MoneyHistory[] = []
  await house.database.transaction(async transaction => {
    const parts = Math.max(1, Math.ceil(customers / largestSample))
    for await (const page of pagesOfHistories(transaction, situation, { parts, size: 5000 })) histories.push(...page)
  })
  return histories
}

async function countBuyers(house: House): Promise<number> {
  const [row] = await house.database.query<{ customers: number }>(
    `select count(distinct party_id) as customers from events.event where kind = 'purchase.recorded'`,
  )
  return row!.customers
}

/** The trend of equity and its bridges, told by the newest model from the log. */
export const lookBackJob = job({
  name: 'value.look-back',
  input: z.object({}),
  visible: true,
  async run(house, _, progress) {
    const model = await currentModel(house)
    const snapshot = await currentSnapshot(house.database)
    if (!model || !snapshot || snapshot.fitNo !== model.fitNo) return { days: 0 }
    const situation = await readSituation(house)
    const days = pastDays(snapshot.asOfOn, await firstPurchaseOn(house, situation.zone), snapshot.customers)
    const spans = bridgeSpans
      .map(span => ({ fromOn: addDays(snapshot.asOfOn, -span), toOn: snapshot.asOfOn }))
      .filter(({ fromOn }) => days.includes(fromOn))
    const { equity, bridges } = await lookBack(house, {
      model,
      snapshot,
      situation,
      days,
      spans,
      async seen(customers) {
        if (progress.signal.aborted) throw new Error('stopped before everybody was read; the job runs again')
        await progress.report({ done: customers, total: Math.max(customers, snapshot.customers), unit: 'customers' })
      },
    })
    await house.database.transaction(async transaction => {
      await savePast(transaction, snapshot.snapshotNo, equity)
      for (const bridge of bridges) await saveBridge(transaction, snapshot.snapshotNo, bridge)
      await house.live.announce(transaction, ['value'])
    })
    return { days: days.length }
  },
})

async function firstPurchaseOn(house: House, zone: string): Promise<Day | null> {
  const [row] = await house.database.query<{ first: number | null }>(
    `select (min(occurred_at) at time zone $1)::date - date '1970-01-01' as first from events.event
     where kind = 'purchase.recorded'`,
    [zone],
  )
  return row?.first == null ? null : dayOfNumber(row.first)
}

/** Instants of arrival are given before a batch is written; one that was slow is met by looking back this far. */
const slowestBatchMinutes = 15

/** Values whoever bought or gave back since the last look; the night values everybody. */
export const refreshJob = job({
  name: 'value.refresh',
  input: z.object({}),
  visible: false,
  async run(house) {
    const snapshot = await currentSnapshot(house.database)
    if (!snapshot) return { customers: 0 }
    const { snapshotNo } = snapshot
    const now = house.clock.now()
    const [last] = await house.database.query<{ through: Date }>(
      'select through from value.refresh where snapshot_no = $1',
      [snapshotNo],
    )
    const since = new Date((last?.through ?? snapshot.valuedAt).getTime() - slowestBatchMinutes * 60_000)
    const rows = await house.database.query<{ party_id: string }>(
      `select distinct party_id from events.event
       where received_at >= $1 and kind in ('purchase.recorded', 'refund.recorded') order by party_id`,
      [since],
    )
    await refresh(
      house,
      rows.map(row => row.party_id),
    )
    await house.database.transaction(async transaction => {
      await transaction.query(
        `insert into value.refresh (snapshot_no, through) values ($1, $2)
         on conflict (snapshot_no) do update set through = excluded.through`,
        [snapshotNo, now],
      )
      if (rows.length > 0) await house.live.announce(transaction, ['value'])
    })
    return { customers: rows.length }
  },
})
