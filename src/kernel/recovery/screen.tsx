import { Button, CopyButton } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { sizeOf } from '../../../web/upload.ts'
import { type Backup, listBackups, makeBackup, removeBackup } from './contract.ts'
import { ScheduleForm } from './screen-schedule.tsx'
import './screen.css'

/** Copies of everything: whether there is a good one, when the next is made, and how one is restored. */
export function Backups() {
  const asked = useAsk(listBackups, {}, { refetchInterval: page => (page?.running ? 1000 : 30_000) })
  return (
    <Answer of={asked}>
      {page => (
        <>
          <Standing page={page} />
          <List items={page.items} />
          <ScheduleForm
            key={JSON.stringify(page.schedule)}
            schedule={page.schedule}
            folder={page.folder}
            isEncrypting={page.isEncrypting}
          />
        </>
      )}
    </Answer>
  )
}

type Page = z.infer<typeof listBackups.reply>

function Standing({ page }: { page: Page }) {
  const { t } = useTranslation()
  const format = useFormat()
  const make = useDo(makeBackup, { refresh: [listBackups] })
  const start = (drill: boolean) => make.mutate({ body: { drill } })
  const { running, alarm, newestAt, nextAt, freeBytes } = page
  return (
    <section className="backup-standing" data-alarm={alarm ?? undefined} role={alarm ? 'alert' : undefined}>
      <div>
        <p className="backup-say">
          {alarm
            ? t(`recovery:alarm.${alarm}`, { when: newestAt ? format.instant(newestAt) : '' })
            : newestAt
              ? t('recovery:page.good', { when: format.instant(newestAt) })
              : t('recovery:page.first')}
        </p>
        <p className="muted">
          {nextAt ? t('recovery:page.next', { when: format.instant(nextAt) }) : t('recovery:page.no-schedule')}
          {freeBytes === null
            ? null
            : ` · ${t('recovery:page.free', { gigabytes: format.number(freeBytes / 1e9, 1) })}`}
        </p>
        {running ? (
          <div role="status">
            <div className="meter" data-unknown={running.total ? undefined : true}>
              <span style={{ width: `${running.total ? Math.min(running.done / running.total, 1) * 100 : 30}%` }} />
            </div>
            <p className="muted small">{t('recovery:page.running', { rows: format.number(running.done) })}</p>
          </div>
        ) : null}
      </div>
      <div className="backup-acts">
        <Button variant="filled" size="sm" loading={running !== null || make.isPending} onClick={() => start(false)}>
          {t('recovery:page.make')}
        </Button>
        <Button size="sm" disabled={running !== null || make.isPending} onClick={() => start(true)}>
          {t('recovery:page.rehearse')}
        </Button>
      </div>
    </section>
  )
}

function List({ items }: { items: readonly Backup[] }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState<string>()
  if (items.length === 0) return null
  return (
    <div className="table-holder">
      <table className="table table-stacked backups">
        <thead>
          <tr>
            <th scope="col">{t('recovery:column.made')}</th>
            <th scope="col">{t('recovery:column.state')}</th>
            <th scope="col" className="right">
              {t('recovery:column.size')}
            </th>
            <th scope="col" className="right">
              {t('recovery:column.rows')}
            </th>
            <th scope="col">{t('recovery:column.kept')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {items.map(item => (
            <Line
              key={item.backupId}
              item={item}
              isShown={shown === item.backupId}
              show={() => setShown(shown === item.backupId ? undefined : item.backupId)}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Line({ item, isShown, show }: { item: Backup; isShown: boolean; show: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const remove = useDo(removeBackup, { refresh: [listBackups] })
  const isGood = item.state === 'verified'
  return (
    <>
      <tr>
        <th scope="row">
          {format.instant(item.madeAt)}
          <div className="muted small">{t(`recovery:by.${item.madeBy}`)}</div>
        </th>
        <td className="wrap" data-label={t('recovery:column.state')}>
          <div>
            <span className={isGood ? 'jade' : 'bad'}>
              {t(`recovery:state.${item.drilledAt && isGood ? 'drilled' : item.state}`)}
            </span>
            <div className="muted small">
              {item.failure
                ? t(item.failure, { defaultValue: item.failure })
                : isGood
                  ? t(`recovery:page.${item.isEncrypted ? 'encrypted' : 'plain'}`)
                  : null}
            </div>
          </div>
        </td>
        <td className="right" data-label={t('recovery:column.size')}>
          {item.sizeBytes ? sizeOf(item.sizeBytes, format) : '–'}
        </td>
        <td className="right" data-label={t('recovery:column.rows')}>
          {item.rows ? format.number(item.rows) : '–'}
        </td>
        <td data-label={t('recovery:column.kept')}>{item.keptAs ? t(`recovery:kept.${item.keptAs}`) : '–'}</td>
        <td className="right table-acts">
          {isGood ? (
            <>
              <a className="link" href={`/api/backups/${item.backupId}/file`} download={item.name}>
                {t('recovery:act.download')}
              </a>{' '}
              <button type="button" className="link" aria-expanded={isShown} onClick={show}>
                {t('recovery:act.restore')}
              </button>{' '}
            </>
          ) : null}
          <button
            type="button"
            className="link"
            onClick={() =>
              remove.mutate(
                { params: { backupId: item.backupId } },
                { onSuccess: () => showNotice(t('recovery:act.removed')) },
              )
            }
          >
            {t('recovery:act.remove')}
          </button>
        </td>
      </tr>
      {isShown ? (
        <tr>
          <td colSpan={6}>
            <HowToRestore item={item} />
          </td>
        </tr>
      ) : null}
    </>
  )
}

/** A restore is never one click: it replaces a business, so it is done at the machine, with the server stopped. */
function HowToRestore({ item }: { item: Backup }) {
  const { t } = useTranslation()
  const command = `npm run guanxi -- restore ${item.name} --into ./restored`
  return (
    <div className="backup-restore">
      <p>{t('recovery:restore.text')}</p>
      <div className="snippet">
        <code>{command}</code>
        <CopyButton value={command}>
          {({ copied, copy }) => <Button onClick={copy}>{t(copied ? 'copied' : 'copy')}</Button>}
        </CopyButton>
      </div>
      <p className="muted small">{t(item.isEncrypted ? 'recovery:restore.passphrase' : 'recovery:restore.then')}</p>
    </div>
  )
}
