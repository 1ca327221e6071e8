import type { PropsWithChildren } from 'hono/jsx'
import { Icon, type IconName } from './icon.tsx'
import type { TextKey } from './texts.ts'
import { useView } from './view-context.tsx'

/** good: settled; waiting: somebody else's turn; attention: our turn; bad: went wrong; quiet: over or not begun. */
export type Tone = 'good' | 'waiting' | 'attention' | 'bad' | 'quiet'

export type Status = TextKey extends infer Key ? (Key extends `status.${infer Code}` ? Code : never) : never

const tones: Record<Status, Tone> = {
  draft: 'quiet',
  published: 'good',
  paused: 'attention',
  retired: 'quiet',
  requested: 'waiting',
  offered: 'waiting',
  accepted: 'good',
  declined: 'bad',
  withdrawn: 'quiet',
  cancelled: 'quiet',
  expired: 'quiet',
  queued: 'waiting',
  reserved: 'waiting',
  planned: 'waiting',
  active: 'good',
  ended: 'quiet',
  recorded: 'waiting',
  confirmed: 'good',
  objected: 'bad',
  withheld: 'attention',
  open: 'waiting',
  closing: 'waiting',
  closed: 'quiet',
  ready: 'good',
  running: 'waiting',
  failed: 'bad',
  issued: 'waiting',
  sent: 'waiting',
  delivered: 'good',
  unpaid: 'attention',
  part_paid: 'attention',
  paid: 'good',
  overdue: 'bad',
  disputed: 'bad',
  credited: 'quiet',
  netted: 'good',
  in_force: 'good',
  revoked: 'quiet',
  invited: 'waiting',
  blocked: 'bad',
  drafted: 'quiet',
  proposed: 'waiting',
  signed: 'good',
  settled: 'good',
  rejected: 'quiet',
  reversed: 'quiet',
  differs: 'bad',
  claimed: 'waiting',
  approved: 'good',
  cut: 'attention',
}

const icons: Record<Tone, IconName> = {
  good: 'check',
  waiting: 'clock',
  attention: 'warning',
  bad: 'cross',
  quiet: 'dot',
}

export function StatusBadge({ status }: { status: Status }) {
  const { t } = useView()
  return <Badge tone={tones[status]}>{t(`status.${status}`)}</Badge>
}

/** For a status of a module's own: its words and what they mean to the reader. */
export function Badge({ tone, children }: PropsWithChildren<{ tone: Tone }>) {
  return (
    <span class={`badge badge-${tone}`}>
      <Icon name={icons[tone]} />
      {children}
    </span>
  )
}
