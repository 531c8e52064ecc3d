import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { z } from 'zod'
import { coalitionTabs } from '#financial/coalition/contract.ts'
import { auditFilter, lensNames } from '#insight/audit/contract.ts'
import { watchedModels } from '#insight/health/contract.ts'
import { customerOrders, customerTypes } from '#insight/rhythm/contract.ts'
import { valuedOrders } from '#insight/value/contract.ts'
import { actFilter } from '#kernel/audit-log/contract.ts'
import { partyRoles } from '#kernel/parties/contract.ts'
import { alertViews } from '#social/warnings/contract.ts'
import { Broken } from './shell/broken.tsx'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: z.object({ back: z.string().startsWith('/').optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../src/kernel/access/screen-sign-in.tsx'), 'SignIn'),
})

/** Everything behind the door. `person` is the customer shown in the side panel, from whichever list. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  validateSearch: z.object({ person: z.uuid().optional().catch(undefined) }),
  component: Shell,
})

const today = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(() => import('./today/today.tsx'), 'Today'),
})

/** What is filtered and how it is sorted stands in the address, so that a view can be kept and handed on. */
const customers = createRoute({
  getParentRoute: () => shell,
  path: '/customers',
  validateSearch: z.object({
    type: z.enum(customerTypes).optional().catch(undefined),
    late: z.literal('yes').optional().catch(undefined),
    role: z.enum(partyRoles).optional().catch(undefined),
    find: z.string().max(200).optional().catch(undefined),
    sort: z.enum(customerOrders).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../src/insight/rhythm/screen.tsx'), 'Customers'),
})

const customer = createRoute({
  getParentRoute: () => shell,
  path: '/customers/$partyId',
  component: lazyRouteComponent(() => import('./portrait/portrait.tsx'), 'Portrait'),
})

const late = createRoute({
  getParentRoute: () => shell,
  path: '/late',
  validateSearch: z.object({
    view: z
      .enum([...alertViews, 'evidence', 'settings'])
      .optional()
      .catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../src/social/warnings/screen.tsx'), 'LateCustomers'),
})

const programme = createRoute({
  getParentRoute: () => shell,
  path: '/programme',
  validateSearch: z.object({ edit: z.literal('yes').optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('./rewards/programme.tsx'), 'Programme'),
})

/** What stands open beside the catalogue: a reward's id, `new`, `card` or `code`. */
const rewards = createRoute({
  getParentRoute: () => shell,
  path: '/rewards',
  validateSearch: z.object({ open: z.string().max(60).optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../src/financial/rewards/screen.tsx'), 'RewardsPage'),
})

const draws = createRoute({
  getParentRoute: () => shell,
  path: '/draws',
  validateSearch: z.object({ create: z.literal('yes').optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../src/financial/draw/screen.tsx'), 'DrawsPage'),
})

const drawing = createRoute({
  getParentRoute: () => shell,
  path: '/draws/$drawId',
  component: lazyRouteComponent(() => import('../src/financial/draw/screen-draw.tsx'), 'DrawPage'),
})

/** One promise opened or changed, opening hours, or all of them; `minutes` is a time proposed for the promise changed. */
const promises = createRoute({
  getParentRoute: () => shell,
  path: '/promises',
  validateSearch: z.object({
    open: z.uuid().optional().catch(undefined),
    edit: z.string().max(60).optional().catch(undefined),
    hours: z.literal('yes').optional().catch(undefined),
    minutes: z.int().min(1).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../src/financial/guarantee/screen.tsx'), 'PromisesPage'),
})

const models = createRoute({
  getParentRoute: () => shell,
  path: '/models',
  validateSearch: z.object({ model: z.enum(watchedModels).optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../src/insight/health/screen.tsx'), 'ModelHealthPage'),
})

const value = createRoute({
  getParentRoute: () => shell,
  path: '/value',
  validateSearch: z.object({
    tab: z.enum(['customers', 'model', 'settings']).optional().catch(undefined),
    by: z.enum(valuedOrders).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../src/insight/value/screen.tsx'), 'ValuePage'),
})

/** The two days between which flows are shown. */
const stages = createRoute({
  getParentRoute: () => shell,
  path: '/stages',
  validateSearch: z.object({
    from: z.iso.date().optional().catch(undefined),
    to: z.iso.date().optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../src/insight/stage/screen.tsx'), 'StagesPage'),
})

const audit = createRoute({
  getParentRoute: () => shell,
  path: '/audit',
  validateSearch: auditFilter.extend({ lens: z.enum(lensNames).optional() }).catch({}),
  component: lazyRouteComponent(() => import('../src/insight/audit/screen.tsx'), 'BaseAuditPage'),
})

/** The month shown, and the merchant whose statement is open. */
const coalition = createRoute({
  getParentRoute: () => shell,
  path: '/coalition',
  validateSearch: z.object({
    tab: z.enum(coalitionTabs).optional().catch(undefined),
    month: z
      .string()
      .regex(/^\d{4}-\d{2}$/)
      .optional()
      .catch(undefined),
    merchant: z.string().max(60).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../src/financial/coalition/screen.tsx'), 'CoalitionPage'),
})

const liability = createRoute({
  getParentRoute: () => shell,
  path: '/liability',
  component: lazyRouteComponent(() => import('../src/financial/liability/screen.tsx'), 'LiabilityPage'),
})

const results = createRoute({
  getParentRoute: () => shell,
  path: '/results',
  component: lazyRouteComponent(() => import('./results/results.tsx'), 'Results'),
})

const credit = createRoute({
  getParentRoute: () => shell,
  path: '/credit',
  component: lazyRouteComponent(() => import('../src/financial/credit/screen.tsx'), 'CreditPage'),
})

const till = createRoute({
  getParentRoute: () => shell,
  path: '/till',
  component: lazyRouteComponent(() => import('../src/financial/till/screen.tsx'), 'TillPage'),
})

const ledger = createRoute({
  getParentRoute: () => shell,
  path: '/ledger',
  validateSearch: z.object({ party: z.uuid().optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../src/kernel/ledger/screen.tsx'), 'LedgerPage'),
})

/** Two whom somebody named: the one to keep, and the one to join to it. */
const merges = createRoute({
  getParentRoute: () => shell,
  path: '/merges',
  validateSearch: z.object({ kept: z.uuid().optional().catch(undefined), other: z.uuid().optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../src/kernel/merges/screen.tsx'), 'MergesPage'),
})

const data = createRoute({
  getParentRoute: () => shell,
  path: '/data',
  validateSearch: z.object({
    tab: z.enum(['imports', 'balances', 'stream', 'problems', 'connect']).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('./data/data.tsx'), 'Data'),
})

const importing = createRoute({
  getParentRoute: () => shell,
  path: '/data/imports/$importId',
  component: lazyRouteComponent(() => import('../src/kernel/files/screen.tsx'), 'ImportFile'),
})

const webhooks = createRoute({
  getParentRoute: () => shell,
  path: '/webhooks',
  validateSearch: z.object({
    tab: z.enum(['send', 'receive']).optional().catch(undefined),
    /** The endpoint that stands open, or `new`. */
    open: z.string().max(60).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('./webhooks/webhooks.tsx'), 'Webhooks'),
})

const acts = createRoute({
  getParentRoute: () => shell,
  path: '/acts',
  validateSearch: actFilter.catch({}),
  component: lazyRouteComponent(() => import('../src/kernel/audit-log/screen.tsx'), 'ActsPage'),
})

const privacy = createRoute({
  getParentRoute: () => shell,
  path: '/privacy',
  validateSearch: z.object({ open: z.uuid().optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../src/kernel/privacy/screen.tsx'), 'PrivacyPage'),
})

const jobs = createRoute({
  getParentRoute: () => shell,
  path: '/jobs',
  component: lazyRouteComponent(() => import('../src/kernel/jobs/screen.tsx'), 'JobsPage'),
})

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  validateSearch: z.object({
    tab: z
      .enum([
        'me',
        'business',
        'merchants',
        'limits',
        'consent',
        'staff',
        'keys',
        'assistants',
        'backups',
        'doctor',
        'demo',
      ])
      .optional()
      .catch(undefined),
  }),
  component: lazyRouteComponent(() => import('./settings/settings.tsx'), 'SettingsPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    shell.addChildren([
      today,
      customers,
      customer,
      programme,
      rewards,
      draws,
      drawing,
      promises,
      late,
      stages,
      value,
      models,
      audit,
      coalition,
      credit,
      till,
      ledger,
      liability,
      results,
      data,
      merges,
      importing,
      webhooks,
      acts,
      privacy,
      jobs,
      settings,
    ]),
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: Broken,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
