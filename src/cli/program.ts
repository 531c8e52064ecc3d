import { Command, CommanderError, Option } from 'commander'
import type { Translator } from '#kernel/locale/index.ts'
import { productTranslator } from '#product/start.ts'
import { version } from '#product/version.ts'
import { type ExitCode, exitCodes } from './exit.ts'
import { tell } from './failure.ts'
import { languageFor } from './language.ts'
import { type CommonOptions, clock } from './product.ts'
import { type Terminal, terminalOf } from './terminal.ts'

type Work = (args: readonly string[], options: never, terminal: Terminal) => Promise<unknown>

/** Runs one command and answers with the code the process ends with. */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  const translator = productTranslator()
  const language = languageFor(asked(argv, '--language') ?? asked(argv, '--lang'), process.env)
  const terminal = terminalOf({
    language,
    isJson: argv.includes('--json'),
    translator,
    environment: process.env,
    elapsed: clock.elapsed,
  })
  let code: ExitCode = exitCodes.done
  const program = programIn(terminal, async (work, args, options) => {
    try {
      if ((await work(args, options as never, terminal)) === false) code = exitCodes.fault
    } catch (error) {
      code = tell(error, terminal)
    }
  })
  try {
    await program.parseAsync([...argv])
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return exitCodes.done
    terminal.note(terminal.style.bad(badUse(error, terminal, translator)))
    return exitCodes.badUse
  }
  return code
}

/** Read before the arguments are parsed, because the help is written in it. */
function asked(argv: readonly string[], name: string): string | undefined {
  const place = argv.findIndex(each => each === name || each.startsWith(`${name}=`))
  return place < 0 ? undefined : (argv[place]!.split('=')[1] ?? argv[place + 1])
}

/** What commander complains about, in the reader's language: its code says what, its quotes say where. */
function badUse(error: CommanderError, { t }: Terminal, { knows }: Translator): string {
  const where = (/argument '([^']*)' is invalid/.exec(error.message) ?? /'([^']*)'/.exec(error.message))?.[1] ?? ''
  const key = `cli:bad-use.${error.code.replace('commander.', '')}`
  return t(knows(key) ? key : 'cli:bad-use.other', { where, message: error.message.replace(/^error: /, '') })
}

function programIn(
  terminal: Terminal,
  perform: (work: Work, args: readonly string[], options: object) => Promise<void>,
): Command {
  const { t } = terminal
  const program = new Command('guanxi')
  const configure = (command: Command) =>
    command
      .exitOverride()
      .configureOutput({ outputError: () => {} })
      .helpOption('-h, --help', t('cli:help.help'))
      .configureHelp({
        styleTitle: title => t(`cli:help.${title.replace(':', '').toLowerCase()}`),
        optionDescription: ({ description, argChoices, defaultValue }) =>
          [
            description,
            argChoices && t('cli:help.choices', { choices: argChoices.join(' ') }),
            defaultValue !== undefined && t('cli:help.default', { value: String(defaultValue) }),
          ]
            .filter(Boolean)
            .join(' '),
      })
  configure(program)
    .description(t('cli:help.about'))
    .version(version, '-v, --version', t('cli:help.version'))
    .helpCommand(false)
    .addHelpText('after', `\n${t('cli:help.exit-codes')}`)
    .allowExcessArguments()
    .action(() => {
      const [unknown] = program.args
      if (unknown) program.error(`error: unknown command '${unknown}'`, { code: 'commander.unknownCommand' })
      program.outputHelp()
    })

  const add = (parent: Command, name: string, key: string, work: Work, isLookingAtOneWorld = false): Command => {
    const command = configure(parent.command(name))
      .description(t(`cli:command.${key}`))
      .option('--json', t('cli:option.json'))
      .option('--data <folder>', t('cli:option.data'))
      .option('--language <language>', t('cli:option.language'))
    if (isLookingAtOneWorld) command.option('--demo', t('cli:option.demo'))
    return command.action((...given: unknown[]) => {
      const options = given.at(-2) as CommonOptions
      return perform(work, given.slice(0, -2) as string[], options)
    })
  }
  const choice = (flags: string, key: string, choices: readonly string[]) =>
    new Option(flags, t(`cli:option.${key}`)).choices(choices)

  add(program, 'start', 'start', async (_, options) => (await import('./start.ts')).start(options, terminal))
  add(program, 'work', 'work', async (_, options) => (await import('./work.ts')).work(options))
  add(program, 'import <file>', 'import', async ([file], options) =>
    (await import('./import-file.ts')).importFile(file!, options, terminal),
  )
    .option('--dry-run', t('cli:option.dry-run'))
    .option('--currency <code>', t('cli:option.currency'))
    .addOption(choice('--date-order <order>', 'date-order', ['ymd', 'dmy', 'mdy']))
    .addOption(choice('--encoding <name>', 'encoding', ['utf-8', 'gb18030', 'utf-16le']))
    .addOption(choice('--decimal-mark <mark>', 'decimal-mark', ['.', ',']))
    .option('--two-digit-years-from <year>', t('cli:option.two-digit-years'))
    .option('--source <label>', t('cli:option.source'))
  const audit = configure(program.command('audit <file>')).description(t('cli:command.audit'))
  audit
    .option('--out <file>', t('cli:option.audit-out'))
    .option('--json [file]', t('cli:option.audit-json'))
    .addOption(choice('--lang <language>', 'audit-lang', ['en', 'zh', 'zh-CN']))
    .option('--customer <column>', t('cli:option.audit-customer'))
    .option('--date <column>', t('cli:option.audit-date'))
    .option('--amount <column>', t('cli:option.audit-amount'))
    .option('--order <column>', t('cli:option.audit-order'))
    .option('--quantity <column>', t('cli:option.audit-quantity'))
    .option('--price <column>', t('cli:option.audit-price'))
    .option('--date-format <format>', t('cli:option.audit-date-format'))
    .addOption(choice('--header <answer>', 'audit-header', ['yes', 'no']))
    .option('--delimiter <character>', t('cli:option.audit-delimiter'))
    .addOption(choice('--encoding <name>', 'encoding', ['utf-8', 'gb18030', 'utf-16le']))
    .addOption(choice('--decimal-mark <mark>', 'decimal-mark', ['.', ',']))
    .option('--currency <code>', t('cli:option.currency'))
    .option('--from <day>', t('cli:option.audit-from'))
    .option('--to <day>', t('cli:option.audit-to'))
    .addOption(choice('--cohorts <unit>', 'audit-cohorts', ['month', 'quarter', 'year']))
    .option('--split <day>', t('cli:option.audit-split'))
    .option('--force', t('cli:option.audit-force'))
    .option('--language <language>', t('cli:option.language'))
    .action((file: string, options: object) =>
      perform(async () => (await import('./audit.ts')).audit(file, options, terminal), [], options),
    )
  add(
    program,
    'customers',
    'customers',
    async (_, options) => (await import('./look-up.ts')).customers(options, terminal),
    true,
  )
    .option('--find <text>', t('cli:option.find'))
    .option('--type <type>', t('cli:option.type'))
    .option('--late', t('cli:option.late'))
    .addOption(choice('--sort <order>', 'sort', ['risk', 'late', 'last', 'spend', 'purchases', 'name']))
    .option('--limit <number>', t('cli:option.limit'), '20')
  add(
    program,
    'warnings',
    'warnings',
    async (_, options) => (await import('./look-up.ts')).warnings(options, terminal),
    true,
  )
    .addOption(choice('--view <view>', 'view', ['week', 'waiting', 'held-out', 'closed']).default('week'))
    .option('--limit <number>', t('cli:option.limit'), '20')
  add(program, 'rebuild', 'rebuild', async (_, options) => (await import('./acts.ts')).rebuild(options, terminal), true)
  add(program, 'doctor', 'doctor', async (_, options) => (await import('./doctor.ts')).doctor(options, terminal))
  add(program, 'config', 'config', async (_, options) => (await import('./config.ts')).config(options, terminal))
  add(program, 'sign-in-link', 'sign-in-link', async (_, options) =>
    (await import('./acts.ts')).signInLink(options, terminal),
  ).option('--email <address>', t('cli:option.email'))

  const key = configure(program.command('key')).description(t('cli:command.key'))
  add(key, 'create <name>', 'key-create', async ([name], options) =>
    (await import('./acts.ts')).newKey(name!, options, terminal),
  )
    .option('--permissions <list>', t('cli:option.permissions'))
    .option('--browser', t('cli:option.browser'))
    .option('--expires-in-days <days>', t('cli:option.expires-in-days'))
  const ledger = configure(program.command('ledger')).description(t('cli:command.ledger'))
  add(
    ledger,
    'verify',
    'ledger-verify',
    async (_, options) => (await import('./ledger.ts')).verifyLedger(options, terminal),
    true,
  ).option('--changed', t('cli:option.ledger-changed'))
  const balances = configure(program.command('balances')).description(t('cli:command.balances'))
  add(balances, 'import <file>', 'balances-import', async ([file], options) =>
    (await import('./balances.ts')).importBalances(file!, options, terminal),
  )
    .option('--dry-run', t('cli:option.dry-run'))
    .option('--asset <name>', t('cli:option.asset'))
    .addOption(choice('--date-order <order>', 'date-order', ['ymd', 'dmy', 'mdy']))
    .addOption(choice('--encoding <name>', 'encoding', ['utf-8', 'gb18030', 'utf-16le']))
  add(program, 'backup', 'backup', async (_, options) => (await import('./recovery.ts')).backup(options, terminal))
    .option('--to <file>', t('cli:option.backup-to'))
    .addOption(choice('--verify <how>', 'backup-verify', ['read', 'full']).default('read'))
    .option('--passphrase-file <file>', t('cli:option.passphrase-file'))
  add(program, 'restore <path>', 'restore', async ([path], options) =>
    (await import('./recovery.ts')).restore(path!, options, terminal),
  )
    .option('--into <place>', t('cli:option.restore-into'))
    .option('--replace', t('cli:option.restore-replace'))
    .option('--passphrase-file <file>', t('cli:option.passphrase-file'))
  add(program, 'export <folder>', 'export', async ([folder], options) =>
    (await import('./recovery.ts')).exportAll(folder!, options, terminal),
  )
  add(program, 'state-hash', 'state-hash', async (_, options) =>
    (await import('./recovery.ts')).stateHash(options, terminal),
  )
  const demo = configure(program.command('demo')).description(t('cli:command.demo'))
  add(demo, 'load', 'demo-load', async (_, options) => (await import('./acts.ts')).loadDemo(options, terminal))
  add(demo, 'remove', 'demo-remove', async (_, options) => (await import('./acts.ts')).removeDemo(options, terminal))
  return program
}
