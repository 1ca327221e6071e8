/** How a document fares on its way, in a line: for its own page and for lists. */

import { may } from '../context.ts'
import type { BesideDocument } from '../http/app.ts'
import { DescriptionList } from '../ui/figures.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { isTextKey } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { type SendingRow, type State, sendingsOf } from './store.ts'

const tones = {
  queued: 'waiting',
  download: 'waiting',
  sent: 'good',
  delivered: 'good',
  refused: 'bad',
  given_up: 'bad',
} as const satisfies Record<State, string>

export function StateBadge({ state }: { state: State }) {
  const { t } = useView()
  return <Badge tone={tones[state]}>{t(`sending.state.${state}`)}</Badge>
}

/** Why it stands as it does, in words; null where nobody needs to be told. */
export function reasonText({ t }: Pick<View, 't'>, reason: string | null): string | null {
  const key = `sending.reason.${reason}`
  return reason !== null && isTextKey(key) ? t(key) : null
}

/** Why, where its state does not say it, and what the other end answered where nothing more is tried. */
export function whyText(view: Pick<View, 't'>, { state, reason, answer }: SendingRow): string {
  const why = reason === 'refused' ? null : reasonText(view, reason)
  const ended = state === 'refused' || state === 'given_up'
  return [why, ended ? answer : null].filter(Boolean).join(' ')
}

/** When and how: one sentence. */
export function fateText({ t, format }: View, row: SendingRow): string {
  const at = format.instant(row.delivered_at ?? row.sent_at ?? row.queued_at)
  const { state, attempts, next_attempt_at } = row
  if (state === 'queued' && attempts > 0 && next_attempt_at !== null) {
    return t('sending.fate.retrying', { attempts, next: format.instant(next_attempt_at) })
  }
  if (state === 'delivered' && row.channel === 'download') return t('sending.fate.downloaded', { at })
  if (state === 'given_up') return t('sending.fate.given_up', { attempts })
  return t(`sending.fate.${state}`, { at })
}

/** On the page of a document: each way it took, what became of it there and why. */
export const besideDocument: BesideDocument = async (tx, ctx, document) => {
  const rows = may(ctx.actor, 'sending.read') ? await sendingsOf(tx, document.id) : []
  return (view) => ({ above: rows.length === 0 ? null : <Fate view={view} rows={rows} /> })
}

function Fate({ view, rows }: { view: View; rows: SendingRow[] }) {
  const { t } = view
  return (
    <DescriptionList
      items={rows.map((row) => ({
        term: t('sending.fate'),
        text: (
          <>
            <StateBadge state={row.state} /> {t(`sending.short.${row.channel}`)}
            {row.recipient !== null && `, ${row.recipient}`}. {fateText(view, row)} {whyText(view, row)}{' '}
            <a href={`/sending/${row.id}`}>{t('sending.more')}</a>
          </>
        ),
      }))}
    />
  )
}
