import { posix } from 'node:path'
import { importsOf } from './imports.ts'
import { type Check, file, isCode, isTest, lineOf, type SourceFile } from './source.ts'

const vague = /^(utils?|utilities|helpers?|managers?|common|misc|stuff|data)$/
const kebab = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
const capitals = /^(README(\.zh)?\.md|LICENSE|CHANGELOG\.md|CONTRIBUTING\.md|Dockerfile)$/

/** Names tell what is inside; a drawer ("helpers") tells nothing and fills up. */
export const names: Check = {
  name: 'files and folders are named for what they hold',
  faults: files =>
    files.flatMap(({ path }) => {
      const parts = path.split('/')
      const name = parts.at(-1)!
      const faults: string[] = []
      if (!capitals.test(name) && !kebab.test(name)) faults.push(`${path} is not in kebab case`)
      // `web/data/` is the page that the menu calls Data.
      const named = path.startsWith('web/data/') ? [] : [...parts.slice(0, -1), name.split('.')[0]!]
      const drawer = named.find(part => vague.test(part))
      if (drawer) faults.push(`${path} is a drawer ("${drawer}")`)
      if (/\/migrations\/[^/]*$/.test(path) && !/\/\d{4}-[a-z0-9-]+\.sql$/.test(path)) {
        faults.push(`${path} is not numbered like 0001-promises.sql`)
      }
      if (path.startsWith('src/') && name.endsWith('.sql') && !path.includes('/migrations/')) {
        faults.push(`${path} is SQL outside migrations/`)
      }
      return faults
    }),
  clean: [
    file('src/kernel/events/store.ts'),
    file('src/kernel/events/migrations/0001-events.sql'),
    file('README.zh.md'),
    file('scripts/data-rules.test.ts'),
    file('.ci/run'),
  ],
  planted: [
    'src/kernel/events/eventStore.ts',
    'src/kernel/events/event_store.ts',
    'src/kernel/helpers/a.ts',
    'src/kernel/events/utils.ts',
    'src/kernel/events/migrations/events.sql',
    'src/kernel/events/events.sql',
  ].map(path => ({ title: path, files: [file(path)] })),
}

/** A room explains itself; a programme also speaks both languages, proves its rules in a table and has its story. */
export const rooms: Check = {
  name: 'every room and programme is whole',
  faults(files) {
    const paths = new Set(files.map(({ path }) => path))
    const missing = (folder: string, wanted: readonly string[]) =>
      wanted.map(name => `${folder}/${name}`).filter(path => !paths.has(path))
    const faults: string[] = []
    for (const { path } of files) {
      const folder = posix.dirname(path)
      if (/^src\/.*\/room\.ts$/.test(path) && path !== 'src/kernel/room.ts') {
        faults.push(...missing(folder, ['README.md']).map(gap => `${gap} is missing`))
      }
      if (!/^src\/(financial|social|structural)\/[^/]+\/programme\.ts$/.test(path)) continue
      faults.push(...missing(folder, ['README.md', 'words.en.json', 'words.zh.json']).map(gap => `${gap} is missing`))
      const name = posix.basename(folder)
      if (!files.some(each => each.path.startsWith(`${folder}/`) && isTest(each.path) && hasTable(each))) {
        faults.push(`${folder} has no test that is a table of its rules`)
      }
      const tells = (story: SourceFile) => story.path.startsWith('scenarios/') && story.text.includes(name)
      if (!files.some(tells)) faults.push(`${folder} has no story in scenarios/`)
    }
    return faults
  },
  clean: [
    file('src/kernel/events/room.ts'),
    file('src/kernel/events/README.md', '# Events\n'),
    file('src/social/warnings/programme.ts'),
    file('src/social/warnings/README.md', '# Warnings\n'),
    file('src/social/warnings/words.en.json', '{}'),
    file('src/social/warnings/words.zh.json', '{}'),
    file('src/social/warnings/warnings.test.ts', 'it.each([[1, 2]])\n'),
    file('scenarios/late.test.ts', "describe('warnings', () => {})\n"),
  ],
  planted: [
    'src/kernel/events/README.md',
    'src/social/warnings/README.md',
    'src/social/warnings/words.zh.json',
    'src/social/warnings/warnings.test.ts',
    'scenarios/late.test.ts',
  ].map(path => ({ title: `${path} is gone`, files: [file(path, '')] })),
}

const hasTable = ({ text }: SourceFile) => /\.each\s*[(`]|of (cases|table)\b/.test(text)

const mention =
  /\b(?:create schema|create (?:unlogged )?table|create (?:unique )?index [\w" ]*?on(?: only)?|alter table|drop table|from|join|references|into|update|partition of|(?:drop|alter) schema)\s+(?:(?:if not exists|if exists|only)\s+)*"?(\w+)"?(\.\w+)?/gi

/** `audit-log` has the schema `audit_log`: a name in SQL that needs no quotes. */
const schemaOf = (folder: string | undefined) => folder?.replaceAll('-', '_')

/** A room's SQL makes and touches its own schema; it may look at the kernel's, never at a neighbour's. */
export const schemas: Check = {
  name: 'SQL stays in its own schema',
  faults(files) {
    const kernel = new Set(
      files
        .flatMap(({ path }) => schemaOf(/^src\/kernel\/([^/]+)\/migrations\//.exec(path)?.[1]) ?? [])
        .concat('kernel'),
    )
    return files.flatMap(({ path, text }) => {
      const own = schemaOf(/^src\/(?:.*\/)?([^/]+)\/migrations\/[^/]+\.sql$/.exec(path)?.[1])
      if (!own) return []
      const sql = text.replace(/--[^\n]*/g, comment => ' '.repeat(comment.length))
      return [...sql.matchAll(mention)].flatMap(match => {
        const [sentence, schema, table] = match
        const place = `${path}:${lineOf(sql, match.index)}`
        const makesSchema = /schema/i.test(sentence)
        if (!table && !makesSchema) return [] // a name without a schema: a column, an alias or a CTE
        if (schema === own) return []
        const looks = /^(from|join|references)\b/i.test(sentence)
        return kernel.has(schema!) && looks ? [] : [`${place} touches ${schema}${table ?? ''}`]
      })
    })
  },
  clean: [
    file(
      'src/kernel/parties/migrations/0001-parties.sql',
      'create schema parties;\ncreate table parties.party (id uuid);\n',
    ),
    file(
      'src/insight/rhythm/migrations/0001-rhythm.sql',
      '-- from warnings.alert\ncreate schema rhythm;\ncreate index on rhythm.state (late_at);\ninsert into rhythm.state select id from parties.party p;\n',
    ),
  ],
  planted: [
    ['a table in a neighbour', 'create table warnings.alert (id uuid);'],
    ['a table in the kernel', 'create table parties.note (id uuid);'],
    ['a read of a neighbour', 'insert into rhythm.state select id from warnings.alert;'],
    [
      'a key to a neighbour',
      'alter table rhythm.state add constraint a foreign key (id) references warnings.alert (id);',
    ],
    ['a write to the kernel', 'update parties.party set name = null;'],
    ['an index on a neighbour', 'create index state_late on warnings.alert (id);'],
    ['a neighbour is dropped', 'drop schema if exists warnings;'],
  ].map(([title, text]) => ({
    title: title!,
    files: [file('src/insight/rhythm/migrations/0002-planted.sql', `${text}\n`)],
  })),
}

/** The dictionary gives each word of the theory its Chinese; a line with one language is half a word. */
export const dictionary: Check = {
  name: 'docs/words.md has both languages',
  faults(files) {
    const page = files.find(({ path }) => path === 'docs/words.md')
    if (!page) return ['docs/words.md is missing']
    const lines = page.text.split('\n')
    const rows = lines.flatMap((line, index) =>
      line.startsWith('|') && index > 1 && lines[index - 1]?.startsWith('|') && !/^\|[\s:|-]+\|?$/.test(line)
        ? [{ line, number: index + 1 }]
        : [],
    )
    const half = rows.filter(({ line }) => !/\p{Script=Han}/u.test(line) || !/[a-z]{2}/i.test(line))
    return [
      ...(rows.length === 0 ? ['docs/words.md has no table'] : []),
      ...half.map(({ number }) => `docs/words.md:${number} is in one language`),
    ]
  },
  clean: [file('docs/words.md', '# Words\n\n| English | 中文 |\n|---|---|\n| late | 久未光顾 |\n')],
  planted: [
    {
      title: 'a word without Chinese',
      files: [file('docs/words.md', '# W\n\n| E | 中文 |\n|---|---|\n| late | late |\n')],
    },
    { title: 'no words at all', files: [file('docs/words.md', '# Words\n')] },
    { title: 'no page', files: [file('docs/words.md', '')] },
  ],
}

/** What is imported must be committed: a file that git ignores is there for its author and for nobody else. */
export const present: Check = {
  name: 'what is imported is in the repository',
  faults(files) {
    const paths = new Set(files.map(({ path }) => path))
    return files
      .filter(({ path }) => isCode(path))
      .flatMap(importsOf)
      .filter(({ target }) => target && /\.(ts|tsx|mjs|json|css)$/.test(target) && !paths.has(target))
      .map(({ from, line, specifier }) => `${from}:${line} imports what git does not keep (${specifier})`)
  },
  clean: [file('web/main.tsx', "import './data.tsx'\nimport pg from 'pg'\n"), file('web/data.tsx')],
  planted: [
    { title: 'an import of an ignored file', files: [file('web/data.tsx', '')] },
    { title: 'a lazy import of one', files: [file('web/b.tsx', "lazy(() => import('./gone.tsx'))\n")] },
  ],
}

/** A file that nothing imports is not part of the product; it only looks as if it were. */
export const alive: Check = {
  name: 'no file is dead',
  faults(files) {
    const code = files.filter(({ path }) => isCode(path))
    const reached = new Set(
      code.flatMap(({ path, text }) =>
        [...text.matchAll(/['"`]([#.][^'"`\n]*\.tsx?)['"`]/g)].map(({ 1: specifier }) =>
          specifier!.startsWith('#') ? `src/${specifier!.slice(1)}` : posix.join(posix.dirname(path), specifier!),
        ),
      ),
    )
    return code
      .filter(({ path }) => /^(src|web)\//.test(path) && !isTest(path) && !reached.has(path) && !isRoot(path))
      .map(({ path }) => `${path} is imported by nothing`)
  },
  clean: [file('src/cli/main.ts', "import './start.ts'\n"), file('src/cli/start.ts'), file('src/cli/start.test.ts')],
  planted: [{ title: 'an orphan', files: [file('src/cli/orphan.ts')] }],
}

const isRoot = (path: string) =>
  /^src\/cli\/main\.ts$|^src\/testing\/|^src\/statistics\/index\.ts$|^web\/((member\/)?main\.tsx|vite\.config\.ts)$|\.d\.ts$|\/screen\.tsx$|-worker\.ts$/.test(
    path,
  )
