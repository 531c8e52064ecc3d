// Plain JavaScript, because it runs before anything is installed: on whatever Node and npm the machine has.
//   node scripts/prepare.mjs install | build | start
// `install` brings node_modules to what package-lock.json says; `build` also compiles what is stale; `start` does the
// same and counts its steps as the first of those that `guanxi start` goes on with.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const goal = process.argv[2] ?? 'build'
const stepsOfStart = 6
const chinese = /^zh/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '')
const say = (english, han) => (chinese ? han : english)
const path = name => join(root, name)

let step = 0
const steps = goal === 'start' ? stepsOfStart : goal === 'build' ? 3 : 1

/** One numbered step: `work` returns whether there was anything to do. */
function take(title, work) {
  const began = performance.now()
  step++
  const done = work(() => console.log(`[${step}/${steps}] ${title} …`))
  const spent = performance.now() - began
  const time = spent < 1000 ? `${Math.round(spent)} ms` : `${(spent / 1000).toFixed(1)} s`
  const state = done ? say('done', '完成') : say('up to date', '已是最新')
  if (done || goal === 'start') console.log(`[${step}/${steps}] ${title}: ${state} (${time})`)
}

function stop(sentence) {
  console.error(`\n${sentence}\n`)
  process.exit(1)
}

function run(command, args, failure) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: command === 'npm' && isWindows })
  if (result.error || result.status !== 0) {
    stop(result.error ? `${failure} (${result.error.message})` : failure)
  }
}

const isWindows = process.platform === 'win32'

checkVersions()
take(say('packages', '安装依赖'), install)
if (goal !== 'install') {
  take(say('server', '编译服务端'), buildServer)
  take(say('pages', '构建网页'), buildPages)
}

function checkVersions() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(
      say(
        `Guanxi needs Node 20.19 or newer to set itself up; this is ${process.versions.node}. Install one from https://nodejs.org and try again.`,
        `Guanxi 的安装需要 Node 20.19 或更高版本，当前是 ${process.versions.node}。请从 https://nodejs.org 安装后重试。`,
      ),
    )
  }
  const npm = /\bnpm\/(\d+)/.exec(process.env.npm_config_user_agent ?? '')?.[1]
  if (npm && Number(npm) < 11) {
    stop(
      say(
        `Guanxi needs npm 11 or newer to install its packages; this is npm ${npm}. Run "npm install --global npm@11" and try again.`,
        `Guanxi 需要 npm 11 或更高版本来安装依赖，当前是 npm ${npm}。请运行 "npm install --global npm@11" 后重试。`,
      ),
    )
  }
}

function install(announce) {
  const stamp = path('node_modules/.guanxi-lock')
  const wanted = digest([readFileSync(path('package-lock.json'))])
  if (read(stamp) === wanted && existsSync(ownNode())) return false
  const complete = installedAsLocked()
  if (!complete) {
    announce()
    const npm = process.env.npm_execpath
    const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
    const failure = say(
      'npm could not install the packages. Look at its message above; behind a proxy, set npm\'s "proxy" or "registry" first.',
      'npm 未能安装依赖。请查看上方 npm 的提示；如使用代理，请先设置 npm 的 proxy 或 registry。',
    )
    if (npm?.endsWith('.js')) run(process.execPath, [npm, ...args], failure)
    else run('npm', args, failure)
  }
  if (!existsSync(ownNode())) {
    // Happens where install scripts are switched off (ignore-scripts): fetch the pinned Node as its package would have.
    run(
      process.execPath,
      [path('node_modules/node/installArchSpecificPackage.js')],
      say(
        'The pinned Node could not be installed. Allow install scripts ("npm config set ignore-scripts false") and try again.',
        '未能安装固定版本的 Node。请允许安装脚本（npm config set ignore-scripts false）后重试。',
      ),
    )
  }
  writeFileSync(stamp, wanted)
  return !complete
}

/** The Node of the devDependency, on which everything after this script runs. */
function ownNode() {
  return path(isWindows ? 'node_modules/node/bin/node.exe' : 'node_modules/node/bin/node')
}

/** True when npm's own record of node_modules names every package of the lock file, as after a plain `npm install`. */
function installedAsLocked() {
  const record = read(path('node_modules/.package-lock.json'))
  if (!record) return false
  const installed = JSON.parse(record).packages
  const locked = JSON.parse(readFileSync(path('package-lock.json'), 'utf8')).packages
  return Object.entries(locked).every(
    ([place, { version, integrity, optional }]) =>
      place === '' ||
      (optional && !installed[place]) ||
      (installed[place]?.version === version && installed[place]?.integrity === integrity),
  )
}

function buildServer(announce) {
  const sources = filesUnder('src').filter(name => !/\.(test|testing)\.ts$|[/\\]testing[/\\]|\.tsx$|\.md$/.test(name))
  const stamp = path('dist/.sources')
  const inputs = [...sources, 'tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json']
  const wanted = digestOf(inputs)
  if (read(stamp) === wanted) return false
  announce()
  // Without our stamp the last build did not finish; the compiler's own notes would make it skip what it never wrote.
  if (!existsSync(stamp)) rmSync(path('dist/.tsbuildinfo'), { force: true })
  rmSync(stamp, { force: true })
  run(
    ownNode(),
    [path('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
    say('The server does not compile; see the lines above.', '服务端编译失败，请查看上方信息。'),
  )
  const wantedInDist = new Set()
  for (const name of sources) {
    const target = join('dist', relative('src', name))
    if (name.endsWith('.ts')) {
      for (const ending of ['.js', '.js.map', '.d.ts']) wantedInDist.add(target.replace(/\.ts$/, ending))
      continue
    }
    wantedInDist.add(target)
    mkdirSync(dirname(path(target)), { recursive: true })
    cpSync(path(name), path(target))
  }
  // What lost its source must go: a migration file left behind would be applied, a module left behind imported.
  for (const name of filesUnder('dist')) {
    if (!wantedInDist.has(name) && !/[/\\]\.[^/\\]+$/.test(name)) rmSync(path(name))
  }
  // `npx guanxi` in a clone runs this file itself; the compiler writes files that nobody may run.
  chmodSync(path('dist/cli/main.js'), 0o755)
  writeFileSync(stamp, wanted)
  return true
}

function buildPages(announce) {
  if (!existsSync(path('web/index.html'))) return false
  const stamp = path('web/dist/.sources')
  const wanted = digestOf([...pageSources(), 'package-lock.json'])
  if (read(stamp) === wanted) return false
  announce()
  run(
    ownNode(),
    [path('node_modules/vite/bin/vite.js'), 'build', 'web', '--logLevel', 'warn'],
    say('The pages could not be built; see the lines above.', '网页构建失败，请查看上方信息。'),
  )
  writeFileSync(stamp, wanted)
  return true
}

/** Everything the pages are made of: web/, the rooms' screens and words, and the contracts that those import. */
function pageSources() {
  const found = new Set(
    [...filesUnder('web').filter(name => !name.startsWith(`web${sep}dist`)), ...filesUnder('src')].filter(
      name => name.startsWith('web') || /\.tsx$|[/\\]words\.[\w-]+\.json$/.test(name),
    ),
  )
  for (const name of found) {
    if (!/\.tsx?$/.test(name)) continue
    for (const [, specifier] of readFileSync(path(name), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([#.][^']+)'/g)) {
      const target = specifier.startsWith('#') ? join('src', specifier.slice(1)) : join(dirname(name), specifier)
      if (existsSync(path(target))) found.add(target)
    }
  }
  return [...found].sort()
}

function filesUnder(folder) {
  if (!existsSync(path(folder))) return []
  return readdirSync(path(folder), { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
    .sort()
}

function digestOf(names) {
  return digest(names.flatMap(name => [name, readFileSync(path(name))]))
}

function digest(parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex')
}

function read(file) {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
