import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from '@mantine/core'
import { spotlight } from '@mantine/spotlight'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Check, LoaderCircle, Monitor, Moon, Sun, WifiOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { changeMe, signOut } from '#kernel/access/contract.ts'
import { listJobs } from '#kernel/jobs/contract.ts'
import { type Language, languages } from '#kernel/locale/languages.ts'
import { call, useAsk, useDo } from '../api.ts'
import { Face } from '../kit/index.ts'
import { switchLanguage } from '../language.ts'
import { useMay, useSession } from '../session.tsx'
import { enterWorld } from '../world.ts'
import { useDemo } from './demo.ts'
import { showVerbList } from './verb-list.tsx'

/** Begins with what is written on the button, so that it can be asked for by voice. */
const nameOfLanguage: Record<Language, string> = { en: 'EN, English', 'zh-CN': '中文' }

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)

export function Top({ live }: { live: 'live' | 'waiting' }) {
  const { t } = useTranslation()
  return (
    <header className="top">
      <button type="button" className="find" onClick={() => spotlight.open()} aria-keyshortcuts="Control+K Meta+K">
        <span>{t('top.find')}</span>
        <kbd>{isApple ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <div className="top-right">
        {live === 'waiting' ? <Lost /> : null}
        <DemoMark />
        <JobsSpinner />
        <LanguageSwitch />
        <SchemeSwitch />
        <UserMenu />
      </div>
    </header>
  )
}

function Lost() {
  const { t } = useTranslation()
  return (
    <Tooltip label={t('top.not-live')}>
      <span className="lost" role="status" aria-label={t('top.not-live')}>
        <WifiOff size={15} />
      </span>
    </Tooltip>
  )
}

/** Demo data never passes for the shop's own: a mark on every page, and the way back in one click. */
function DemoMark() {
  const { t } = useTranslation()
  const session = useSession()
  const demo = useDemo()
  if (session.worlds.current !== 'demo') return null
  return (
    <Menu>
      <Menu.Target>
        <button type="button" className="demo-mark">
          {t('demo.mark')}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('demo.what')}</Menu.Label>
        <Menu.Item onClick={demo.leave}>{t('demo.leave')}</Menu.Item>
        {demo.mayManage ? <Menu.Item onClick={demo.remove}>{t('demo.remove')}</Menu.Item> : null}
      </Menu.Dropdown>
    </Menu>
  )
}

function JobsSpinner() {
  const { t } = useTranslation()
  const maySee = useMay('jobs.read')
  const jobs = useAsk(listJobs, { query: { limit: 10 } }, { enabled: maySee })
  const running = jobs.data?.items.filter(run => run.state === 'running').length ?? 0
  if (!running) return null
  const label = t('top.jobs', { count: running })
  return (
    <Tooltip label={label}>
      <Link to="/jobs" className="spinner" aria-label={label}>
        <LoaderCircle size={16} className="turning" />
      </Link>
    </Tooltip>
  )
}

export function useLanguage(): (language: Language) => void {
  const change = useDo(changeMe, { quiet: true })
  return language => {
    void switchLanguage(language)
    change.mutate({ body: { language } })
  }
}

function LanguageSwitch() {
  const { t, i18n } = useTranslation()
  const choose = useLanguage()
  return (
    <fieldset className="languages">
      <legend className="visually-hidden">{t('top.language')}</legend>
      {languages.map(language => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-label={nameOfLanguage[language]}
          aria-pressed={i18n.language === language}
          onClick={() => choose(language)}
        >
          {language === 'en' ? 'EN' : '中文'}
        </button>
      ))}
    </fieldset>
  )
}

const schemes = [
  ['light', Sun],
  ['dark', Moon],
  ['auto', Monitor],
] as const

function SchemeSwitch() {
  const { t } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Icon = schemes.find(([name]) => name === colorScheme)?.[1] ?? Monitor
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('top.scheme')} size={28}>
          <Icon size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map(([name, Sign]) => (
          <Menu.Item
            key={name}
            leftSection={<Sign size={15} />}
            rightSection={colorScheme === name ? <Check size={14} /> : null}
            onClick={() => setColorScheme(name)}
          >
            {t(`top.scheme-${name}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function UserMenu() {
  const { t } = useTranslation()
  const session = useSession()
  const demo = useDemo()
  const navigate = useNavigate()
  const client = useQueryClient()
  const name = session.staff.name || t('top.nameless')
  const leave = async () => {
    await call(signOut, {})
    enterWorld('business')
    await navigate({ to: '/sign-in' })
    client.clear()
  }
  return (
    <Menu width={230}>
      <Menu.Target>
        <button type="button" className="user" aria-label={t('top.user', { name })}>
          <Face name={name} level="indigo" size={28} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name} · {t(`access:role.${session.staff.role}`)}
        </Menu.Label>
        <Menu.Item onClick={() => void navigate({ to: '/settings', search: { tab: 'me' } })}>
          {t('top.account')}
        </Menu.Item>
        <Menu.Item onClick={showVerbList} rightSection={<kbd>?</kbd>}>
          {t('keys.title')}
        </Menu.Item>
        {session.worlds.current === 'business' && session.worlds.demoLoaded ? (
          <Menu.Item onClick={demo.visit}>{t('demo.visit')}</Menu.Item>
        ) : null}
        <Menu.Divider />
        <Menu.Item onClick={() => void leave()}>{t('top.sign-out')}</Menu.Item>
        <Menu.Label>Guanxi {session.version}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  )
}
