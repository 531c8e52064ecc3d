import { type Import, importsOf } from './imports.ts'
import { type Check, file, isCode, isTest, type SourceFile } from './source.ts'

/** Which parts of the house a part may look at, beside itself. The order is that of `docs/architecture.md`. */
const looksAt: Readonly<Record<string, readonly string[]>> = {
  statistics: [],
  kernel: [],
  insight: ['kernel', 'statistics'],
  financial: ['kernel', 'statistics', 'insight'],
  social: ['kernel', 'statistics', 'insight'],
  structural: ['kernel', 'statistics', 'insight'],
  http: ['kernel'],
  demo: ['kernel', 'insight', 'financial', 'social', 'structural'],
  product: ['statistics', 'kernel', 'insight', 'financial', 'social', 'structural', 'http', 'demo'],
  cli: ['kernel', 'insight', 'financial', 'social', 'structural', 'http', 'demo', 'product'],
}

const levels = ['financial', 'social', 'structural']
const partsWithRooms = ['kernel', 'insight', ...levels]

/** Each driver of the outer world appears in one room. */
const drivers: readonly { readonly packages: RegExp; readonly rooms: readonly string[] }[] = [
  { packages: /^pg(-copy-streams|-cursor)?$/, rooms: ['kernel/database'] },
  { packages: /^(fastify|@fastify\/.*|@scalar\/.*)$/, rooms: ['http'] },
  { packages: /^graphile-worker$/, rooms: ['kernel/jobs'] },
  { packages: /^nodemailer$/, rooms: ['kernel/messages'] },
  { packages: /^(commander|cli-table3)$/, rooms: ['cli'] },
]

/** Pure files that everyone may name, browsers too: lists and types without a room's life behind them. */
const openFiles = /^src\/kernel\/([^/]+\.ts|access\/permissions\.ts|locale\/languages\.ts)$/

/** What a page may see of the server; `figures/` is what pages and reports draw alike. */
const browserMaySee =
  /\/contract\.ts$|\/figures\/[^/]+\.ts$|\.tsx$|\.css$|\/words\.(en|zh)\.json$|^src\/kernel\/(operation|refusal)\.ts$|^src\/kernel\/access\/permissions\.ts$|^src\/kernel\/(locale|clock)\/|^src\/statistics\/index\.ts$/

export const boundaries: Check = {
  name: 'rooms look only where they may',
  faults(files) {
    const imports = files.filter(({ path }) => isCode(path)).flatMap(importsOf)
    const needs = needsOf(files)
    const browsers = readByBrowsers(imports)
    return imports.flatMap(link => {
      const fault = faultOf(link, needs) ?? browserFault(link, browsers)
      return fault ? [`${link.from}:${link.line} ${fault} (${link.specifier})`] : []
    })
  },
  clean: [
    file('src/kernel/events/store.ts', "import { refuse } from '../refusal.ts'\nimport pg from 'zod'\n"),
    file('src/kernel/database/pool.ts', "import pg from 'pg'\n"),
    file('src/kernel/events/index.ts', "export { recordEvents } from './record.ts'\n"),
    file('src/kernel/events/record.ts', "import { createHash } from 'node:crypto'\n"),
    file('src/insight/rhythm/index.ts', "import { recordEvents } from '#kernel/events/index.ts'\n"),
    file('src/insight/rhythm/contract.ts', "import { z } from 'zod'\nimport type { House } from '#kernel/house.ts'\n"),
    file(
      'src/insight/rhythm/screen.tsx',
      "import { list } from './contract.ts'\nimport { Strip } from '../../../web/strip.tsx'\n",
    ),
    file(
      'src/social/warnings/programme.ts',
      "import '#insight/rhythm/index.ts'\nexport const needs = { needs: ['cards'] }\n",
    ),
    file('src/social/warnings/offer.ts', "import '#social/cards/index.ts'\n"),
    file('src/product/rooms.ts', "import '#insight/rhythm/room.ts'\nimport '#social/warnings/programme.ts'\n"),
    file('src/insight/rhythm/fit.test.ts', "import '#testing/house.ts'\n"),
    file('web/main.tsx', "import '../src/insight/rhythm/screen.tsx'\nimport '#insight/rhythm/contract.ts'\n"),
  ],
  planted: [
    ['statistics imports a package', 'src/statistics/a.ts', "import { z } from 'zod'"],
    ['statistics imports the kernel', 'src/statistics/a.ts', "import type { Clock } from '#kernel/clock/index.ts'"],
    ['the kernel imports insight', 'src/kernel/events/a.ts', "import '#insight/rhythm/index.ts'"],
    ['the kernel imports a level, types only', 'src/kernel/a.ts', "import type { A } from '#social/warnings/index.ts'"],
    ['insight imports a level', 'src/insight/rhythm/a.ts', "import '#social/warnings/index.ts'"],
    ['a level imports another', 'src/social/warnings/a.ts', "import '#financial/points/index.ts'"],
    ['a level imports the product', 'src/social/warnings/a.ts', "import '#product/rooms.ts'"],
    ['a level imports http', 'src/social/warnings/a.ts', "import '#http/index.ts'"],
    ['http imports insight', 'src/http/a.ts', "import '#insight/rhythm/contract.ts'"],
    ['a room is entered by the side', 'src/insight/rhythm/a.ts', "import '#kernel/events/store.ts'"],
    ['a room is entered by its room file', 'src/insight/rhythm/a.ts', "import '#kernel/events/room.ts'"],
    ['a sibling is entered by the side', 'src/kernel/parties/a.ts', "import '../events/store.ts'"],
    ['a level is entered relatively', 'src/insight/rhythm/a.ts', "import '../../kernel/events/index.ts'"],
    ['a sibling is not named in needs', 'src/social/warnings/a.ts', "import '#social/memory/index.ts'"],
    ['pg outside the database', 'src/insight/rhythm/a.ts', "import pg from 'pg'"],
    ['fastify outside http', 'src/kernel/jobs/a.ts', "import type { FastifyInstance } from 'fastify'"],
    ['graphile-worker outside jobs', 'src/product/a.ts', "const worker = await import('graphile-worker')"],
    ['nodemailer outside messages', 'src/http/a.ts', "import 'nodemailer'"],
    ['a screen imports a store', 'src/insight/rhythm/screen.tsx', "import { rows } from './store.ts'"],
    ['a page imports a room', 'web/pages/a.tsx', "import '#insight/rhythm/index.ts'"],
    ['a page imports Node', 'web/pages/a.tsx', "import { readFileSync } from 'node:fs'"],
    ['the server imports a screen', 'src/insight/rhythm/a.ts', "import './screen.tsx'"],
    ['a contract pulls in a store', 'src/insight/rhythm/contract.ts', "import { rows } from './store.ts'"],
    ['a contract leads to Node', 'src/insight/rhythm/contract.ts', "import { hash } from '#kernel/events/index.ts'"],
    ['a contract pulls in Node', 'src/insight/rhythm/contract.ts', "import { hash } from 'node:crypto'"],
    ['code imports a test', 'src/insight/rhythm/a.ts', "import './fit.test.ts'"],
    ['code imports the test house', 'src/insight/rhythm/a.ts', "export { testHouse } from '#testing/house.ts'"],
  ].map(([title, path, text]) => ({ title: title!, files: [file(path!, `${text}\n`)] })),
}

function faultOf(link: Import, needs: ReadonlyMap<string, readonly string[]>): string | undefined {
  const { from, target, specifier, typeOnly } = link
  if (target?.endsWith('.test.ts')) return 'tests are leaves: nothing imports one'
  if (isTest(from)) return undefined
  if (target && isTest(target)) return 'only tests use what was made for them'
  if (isPage(from)) {
    if (specifier.startsWith('node:')) return 'a page runs in a browser'
    return target?.startsWith('src/') && !browserMaySee.test(target) && !typeOnly
      ? 'a page sees only contracts, words and other pages'
      : undefined
  }
  if (!from.startsWith('src/')) return undefined
  const here = roomOf(from)
  if (target === undefined) return packageFault(link, here)
  if (target.endsWith('.tsx')) return 'only pages import a screen'
  if (!target.startsWith('src/')) return specifier.endsWith('package.json') ? undefined : 'leaves src'
  const there = roomOf(target)
  if (there.name === here.name) return undefined
  if (here.part !== there.part) {
    if (!looksAt[here.part]?.includes(there.part)) return `${here.part} may not look at ${there.part}`
    if (!specifier.startsWith('#')) return 'another part is imported by its # name'
  } else if (levels.includes(here.part) && !needs.get(here.name)?.includes(there.name.split('/')[1]!)) {
    return `${there.name} is not named in the needs of ${here.name}`
  }
  return isDoor(target, here.part) ? undefined : `${there.name} has a front door: index.ts or contract.ts`
}

function packageFault({ specifier }: Import, here: { part: string; name: string }): string | undefined {
  if (here.part === 'statistics') return 'statistics imports nothing'
  const driver = drivers.find(({ packages }) => packages.test(specifier))
  return driver && !driver.rooms.includes(here.name)
    ? `${specifier} belongs to ${driver.rooms.join(' and ')} alone`
    : undefined
}

function isDoor(target: string, importer: string): boolean {
  if (/\/(index|contract)\.ts$/.test(target) || openFiles.test(target)) return true
  const { part } = roomOf(target)
  // Parts that are one room have a few named files instead of a front door; only those above look at them.
  if (['product', 'http', 'demo'].includes(part)) return true
  return importer === 'product'
    ? /\/(room|programme)\.ts$|\/words\.(en|zh)\.json$/.test(target)
    : importer === 'cli' && /\/words\.(en|zh)\.json$/.test(target)
}

/** Every file that a contract or a page brings into a browser, by imports that outlive the compiler. */
function readByBrowsers(imports: readonly Import[]): Set<string> {
  const reached = new Set(
    imports.filter(({ from }) => isPage(from) || from.endsWith('/contract.ts')).map(({ from }) => from),
  )
  const bySource = Map.groupBy(imports, ({ from }) => from)
  for (const path of reached) {
    if (isTest(path)) continue
    for (const { target, typeOnly } of bySource.get(path) ?? []) if (target && !typeOnly) reached.add(target)
  }
  return reached
}

/** What a contract needs must run in a browser too: no Node, no database, and only zod from outside. */
function browserFault(
  { from, target, specifier, typeOnly }: Import,
  browsers: ReadonlySet<string>,
): string | undefined {
  if (isPage(from) || isTest(from) || typeOnly || !browsers.has(from)) return undefined
  if (target) return /\/(store|room|programme|routes)\.ts$/.test(target) ? 'a contract is read by browsers' : undefined
  return specifier === 'zod' ? undefined : 'a contract leads here, and browsers read it: only zod from outside'
}

const isPage = (path: string) => path.startsWith('web/') || path.endsWith('.tsx')

/** `src/kernel/events/store.ts` stands in room `kernel/events` of part `kernel`; `src/kernel/room.ts` in `kernel`. */
function roomOf(path: string): { part: string; name: string } {
  const [, part = '', second = '', third] = path.split('/')
  return { part, name: partsWithRooms.includes(part) && third !== undefined ? `${part}/${second}` : part }
}

/** Which siblings each programme says it needs. */
function needsOf(files: readonly SourceFile[]): Map<string, readonly string[]> {
  return new Map(
    files
      .filter(({ path }) => path.endsWith('/programme.ts'))
      .map(({ path, text }) => [
        roomOf(path).name,
        [...(/\bneeds:\s*\[([^\]]*)\]/.exec(text)?.[1] ?? '').matchAll(/'([\w-]+)'/g)].map(match => match[1]!),
      ]),
  )
}
