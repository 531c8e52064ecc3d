import { type Check, codeOf, file, isCode, isTest, places } from './source.ts'

// The forbidden words are put together here, so that this file does not accuse itself.
const fixMe = ['FIX', 'ME'].join('')
const toDo = ['TO', 'DO'].join('')
const homeOf = (name: string) => ['', name, ''].join('/')

const isClock = (path: string) => path.startsWith('src/kernel/clock/') || path === 'web/days.ts'

/** The time comes from the clock and chance from an injected source, or nothing could be replayed or tested. */
export const time: Check = {
  name: 'time comes from the clock, chance from its source',
  faults: files =>
    files
      .filter(({ path }) => isCode(path))
      .flatMap(({ path, text }) => {
        const code = codeOf(text, 'blank')
        const told = /^(src|web|scenarios)\//.test(path) && !isClock(path) && !isTest(path)
        return [
          ...(told
            ? places(path, code, /\bDate\.now\b|\bperformance\.now\b|\bnew Date\b(?!\s*\(\s*[^\s)])/g).map(
                place => `${place} asks the machine for the time`,
              )
            : []),
          ...places(path, code, /\bMath\.random\b/g).map(place => `${place} throws its own dice`),
        ]
      }),
  clean: [
    file('src/kernel/clock/clock.ts', 'export const now = () => new Date()\n'),
    file('src/insight/a.ts', "// new Date() is the clock's\nconst day = new Date(ms)\nconst say = 'Date.now'\n"),
    file('src/insight/a.test.ts', 'const began = performance.now()\n'),
  ],
  planted: [
    ['new Date() in a rule', 'src/insight/a.ts', 'const now = new Date()'],
    ['new Date without brackets', 'src/insight/a.ts', 'const now = new Date'],
    ['Date.now in a store', 'src/insight/a.ts', 'const now = Date.now()'],
    ['performance.now in a page', 'web/a.tsx', 'const began = performance.now()'],
    ['Math.random in a test', 'src/insight/a.test.ts', 'const dice = Math.random()'],
  ].map(([title, path, text]) => ({ title: title!, files: [file(path!, `${text}\n`)] })),
}

/** What must not be left behind: a test that silences the others, a note to oneself, a machine of one's own. */
export const leftovers: Check = {
  name: 'nothing is left behind',
  faults: files =>
    files.flatMap(({ path, text }) => [
      ...(isTest(path)
        ? places(path, codeOf(text, 'blank'), /\b(it|test|describe|suite)(\.\w+)*\.only\b/g).map(
            place => `${place} silences the other tests`,
          )
        : []),
      ...places(path, text, new RegExp(`\\b${fixMe}\\b`, 'g')).map(place => `${place} is unfinished`),
      ...places(path, text, new RegExp(`\\b${toDo}\\b(?!.*#\\d)`, 'g')).map(place => `${place} has no issue`),
      ...places(path, text, machinePath).map(place => `${place} names a path of one machine`),
      ...places(path, text, registryHost).map(place => `${place} names a registry`),
    ]),
  clean: [
    file('src/a.test.ts', "it('only adds', () => {})\n"),
    file('docs/a.md', `# A\n${toDo} (#12), see https://www.npmjs.com/package/pg and /var/lib/guanxi\n`),
  ],
  planted: [
    ['one test runs alone', 'src/a.test.ts', "describe.only('x', () => {})"],
    ['an unfinished place', 'src/a.ts', `// ${fixMe} later`],
    ['a note without an issue', 'src/a.ts', `// ${toDo} later`],
    ['a home folder', 'docs/a.md', `see ${homeOf('home')}anna/guanxi`],
    ['a work folder', 'scripts/a.ts', `const data = '${homeOf('work')}shared/data'`],
    ['a registry of a company', 'docs/a.md', `npm --${'regis'}try https:/${'/'}npm.example.org/`],
  ].map(([title, path, text]) => ({ title: title!, files: [file(path!, `${text}\n`)] })),
}

const machinePath = new RegExp(
  `(?<![\\w.~/:-])(${['home', 'Users', 'work', 'root'].map(homeOf).join('|')})[\\w.-]`,
  'g',
)
const registryHost = new RegExp(
  [
    `${'regis'}try[= ]\\s*https?://`,
    '|',
    '\\bhttps?://(regis',
    'try|npm|artifactory|nexus|verdaccio)\\.(?!npmjs)',
  ].join(''),
  'g',
)

/** One title per page; more than one is two pages. */
export const titles: Check = {
  name: 'every page has one title',
  faults: files =>
    files
      .filter(({ path }) => path.endsWith('.md'))
      .flatMap(({ path, text }) => {
        const count = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').match(/^# \S/gm)?.length ?? 0
        return count === 1 ? [] : [`${path} has ${count} titles`]
      }),
  clean: [file('docs/a.md', '# One\n\n## Two\n\n```sh\n# a comment\n```\n')],
  planted: [
    { title: 'two titles', files: [file('docs/b.md', '# One\n\n# Two\n')] },
    { title: 'no title', files: [file('docs/b.md', 'Text.\n')] },
  ],
}
