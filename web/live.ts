import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Topic } from '#kernel/live.ts'
import { currentWorld } from './world.ts'

/** Which answers a topic makes stale, by the ids of their operations. */
const operationsOf: Record<Topic, readonly string[]> = {
  customers: [
    'findParties',
    'readParty',
    'listCustomers',
    'countCustomers',
    'readStages',
    'customerStage',
    'readCardAccess',
    'listConsents',
    'listDuplicates',
    'listMerges',
    'previewMerge',
    'consentHistory',
    'readBonds',
  ],
  events: ['latestEvents', 'eventProblems', 'eventProblemCauses', 'unknownEvents', 'partyTimeline'],
  imports: [
    'listOpenings',
    'listImports',
    'readImport',
    'listImportProblems',
    'listUnattributedOrders',
    'listSetAsideLines',
    'listRejectedRows',
    'previewRules',
    'listSavedMappings',
    'listFolders',
  ],
  jobs: ['listJobs'],
  ledger: ['readLedger', 'listPostings', 'readHoldings', 'listAdjustments'],
  models: ['listModels', 'listFits'],
  rhythm: [
    'listCustomers',
    'countCustomers',
    'customerRhythm',
    'rhythmStrips',
    'readRhythm',
    'rhythmTotals',
    'readStages',
    'stageFlow',
    'stageTrend',
    'stageRates',
    'customerStage',
    'readIndices',
    'customerIndices',
    'listWarnings',
  ],
  points: [
    'readProgramme',
    'memberPoints',
    'memberPointsHistory',
    'readTiers',
    'memberTier',
    'partyGifts',
    'partyHousehold',
  ],
  rewards: ['listRewards', 'partyRewards', 'memberRewards'],
  draws: ['listDraws', 'readDraw', 'partyDraws'],
  coalition: [
    'readCoalition',
    'readStatement',
    'traceLine',
    'listDisputes',
    'readTerms',
    'listBenefits',
    'memberBenefits',
  ],
  promises: ['listPromises', 'readPromise', 'listPromiseCases', 'promisesToday', 'customerPromises'],
  credit: ['readCredit', 'memberCredit', 'readTill'],
  liability: ['readLiability'],
  effect: ['readEffects'],
  privacy: ['listPrivacyRequests', 'readPrivacyRequest', 'previewErasure'],
  settings: ['readSession', 'readBusiness', 'listMerchants'],
  tasks: ['listTasks'],
  value: ['readValue', 'listValuedCustomers', 'readCustomerValue', 'readValueBridge', 'readValueSettings'],
  warnings: ['listWarnings', 'warningsEffect'],
  staff: ['listStaff', 'listKeys', 'listColleagues'],
  demo: ['readSession', 'readDemo'],
  backups: ['listBackups'],
  webhooks: ['listWebhooks', 'listDeliveries', 'readDelivery', 'listReceivers', 'listReceiverDeliveries'],
}

const wait = 400

/**
 * Listens to what changes on the server. Announcements of the same moment are gathered, so that a busy import asks
 * each screen again a few times a second at most. The browser reconnects by itself; after a gap everything is stale.
 */
export function useLive(): 'live' | 'waiting' {
  const client = useQueryClient()
  const [state, setState] = useState<'live' | 'waiting'>('waiting')
  useEffect(() => {
    const stale = new Set<string>()
    let timer: ReturnType<typeof setTimeout> | undefined
    let missed = false
    const source = new EventSource(`/api/live?world=${currentWorld()}`)
    const take = (message: MessageEvent<string>) => {
      let topics: readonly Topic[]
      try {
        const parsed: unknown = JSON.parse(message.data)
        topics = Array.isArray(parsed) ? parsed : ((parsed as { topics?: Topic[] }).topics ?? [])
      } catch {
        return
      }
      for (const topic of topics) for (const id of operationsOf[topic] ?? []) stale.add(id)
      timer ??= setTimeout(() => {
        timer = undefined
        const ids = new Set(stale)
        stale.clear()
        void client.invalidateQueries({ predicate: query => ids.has(String(query.queryKey[0])) })
      }, wait)
    }
    source.addEventListener('message', take)
    source.addEventListener('change', take)
    source.addEventListener('open', () => {
      setState('live')
      if (missed) void client.invalidateQueries()
      missed = false
    })
    source.addEventListener('error', () => {
      setState('waiting')
      missed = true
    })
    return () => {
      clearTimeout(timer)
      source.close()
    }
  }, [client])
  return state
}
